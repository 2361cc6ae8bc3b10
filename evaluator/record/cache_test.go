package record

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/corpus"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/rules"
)

// replayedLines replays a recording and writes down all that it tells.
func replayedLines(t *testing.T, dir string, p *compiler.Program, o ReplayOptions) []string {
	o.spoil = true
	t.Helper()
	var out []string
	o.Exposure = true
	err := Replay(t.Context(), dir, p, o, func(r *Replayed) error {
		for i := range r.Hits {
			h := &r.Hits[i]
			event, err := h.Event()
			if err != nil {
				return err
			}
			out = append(out, fmt.Sprintf("%s #%d %s ", r.Path, h.Index, h.Time.Format(time.RFC3339Nano))+describeHit(h.Source, h.Matches, h.Suppressed, event.Fingerprint()))
		}
		out = append(out, fmt.Sprint(r.Path, r.Unrouted, r.Sources))
		for l, g := range r.Grounds {
			out = append(out, fmt.Sprint(r.Path, l, g.Events, g.Undated, len(g.Days), g.Fields))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(out)
	return out
}

// smallRecording records some of the corpus.
func smallRecording(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	w, err := Create(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	addAll(t, w, corpus.Path(t, "evtx/DeepBlueCLI"), corpus.Path(t, "sigma/regression_data"))
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
	return dir
}

// What is remembered is what would be found, whichever rules were there before.
func TestCache(t *testing.T) {
	t.Parallel()
	dir := smallRecording(t)
	all, _ := compiler.Compile(corpus.Rules(t), compiler.Options{})
	part := func(from, to int) *compiler.Program {
		set := *corpus.Rules(t)
		set.Rules = set.Rules[from:to]
		p, _ := compiler.Compile(&set, compiler.Options{})
		return p
	}
	half, other := part(0, 1800), part(1000, 3000)
	check := func(when string, p *compiler.Program, o ReplayOptions) {
		t.Helper()
		want := replayedLines(t, dir, p, o)
		o.Cache = true
		if diff := cmp.Diff(want, replayedLines(t, dir, p, o)); diff != "" {
			t.Fatalf("%s (-without cache +with):\n%.3000s", when, diff)
		}
	}
	check("half of the rules", half, ReplayOptions{Workers: 1})
	check("others, some of them known", other, ReplayOptions{Workers: 2})
	check("all", all, ReplayOptions{})
	check("all again", all, ReplayOptions{})
	check("fewer", half, ReplayOptions{})
	check("whatever their logsource", half, ReplayOptions{Anyway: true})
	check("times in another zone", half, ReplayOptions{Normaliser: telemetry.NewNormaliser(nil, telemetry.TimeZone(time.FixedZone("x", 3600)))})

	entries, err := filepath.Glob(filepath.Join(dir, cacheFolder, "*"))
	if err != nil || len(entries) == 0 {
		t.Fatal("nothing is remembered", err)
	}
	for i, path := range entries {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		switch i % 3 {
		case 0:
			text = text[:len(text)/2]
		case 1:
			text[len(text)-1] ^= 1
		}
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	check("damaged", all, ReplayOptions{})

	// Rules that are known need no file but that it is there, for as long as nobody asks for
	// many events.
	matches := func() (out []string) {
		err := Replay(t.Context(), dir, all, ReplayOptions{Cache: true}, func(r *Replayed) error {
			for _, h := range r.Hits {
				out = append(out, fmt.Sprintf("%s #%d", r.Path, h.Index)+describeHit(h.Source, h.Matches, h.Suppressed, ""))
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	want := matches()
	m, err := ReadManifest(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range m.Files {
		for _, size := range []int64{0, f.Bytes} {
			if err := os.Truncate(filepath.Join(dir, f.Path), size); err != nil {
				t.Fatal(err)
			}
		}
	}
	if diff := cmp.Diff(want, matches()); diff != "" {
		t.Errorf("files were read again:\n%.2000s", diff)
	}
}

// A rule is another one if a filter of it changes.
func TestCacheKnowsFilters(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w, err := Create(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		v, _ := telemetry.DecodeJSON(fmt.Sprintf(`{"Channel":"Security","EventID":4688,"NewProcessName":"C:\\%d.exe","Computer":"pc%d"}`, i, i%4))
		if err := w.Add(telemetry.Record{Source: "x", Index: i, Value: v}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
	const rule = "title: R\nname: r\nlogsource: {product: windows, service: security}\ndetection: {s: {EventID: 4688}, condition: s}\n"
	for _, filter := range []string{"", "pc1", "pc2", "pc1", "pc"} {
		files := fstest.MapFS{"r.yml": {Data: []byte(rule)}}
		if filter != "" {
			files["f.yml"] = &fstest.MapFile{Data: []byte("title: F\nlogsource: {product: windows, service: security}\nfilter: {rules: [r], f: {Computer|startswith: " + filter + "}, condition: not f}\n")}
		}
		set, diags := rules.Load(files)
		p, problems := compiler.Compile(set, compiler.Options{})
		if err := append(diags, problems...).Err(); err != nil {
			t.Fatal(err)
		}
		want := replayedLines(t, dir, p, ReplayOptions{})
		if diff := cmp.Diff(want, replayedLines(t, dir, p, ReplayOptions{Cache: true})); diff != "" {
			t.Errorf("filter %q (-without cache +with):\n%s", filter, diff)
		}
		if filter != "" && !strings.Contains(strings.Join(want, "\n"), " not ") {
			t.Errorf("filter %q holds nothing back", filter)
		}
	}
}
