package telemetry_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/corpus"
	"github.com/socctl/socctl/evaluator/telemetry"
)

// publicProgram are all public rules.
func publicProgram(t testing.TB) *compiler.Program {
	t.Helper()
	p, _ := compiler.Compile(corpus.Rules(t), compiler.Options{})
	return p
}

// ndjsonFiles yields the JSON recordings of the corpus, decompressed, up to a
// size each.
func ndjsonFiles(t testing.TB, limit int64, yield func(name string, data []byte)) {
	t.Helper()
	ndjsonIn(t, limit, []string{"windows-json/*.ndjson.zst", "cloud/*/*.ndjson*", "cloud/*/*/*.json*", "cloud/*.ndjson*", "network/*/*.json*", "network/*/*.ndjson*"}, yield)
}

// ndjsonIn yields the content of the recordings of patterns, of each up to a limit.
func ndjsonIn(t testing.TB, limit int64, patterns []string, yield func(name string, data []byte)) {
	t.Helper()
	var files []string
	for _, pattern := range patterns {
		found, _ := filepath.Glob(corpus.Path(t, pattern))
		files = append(files, found...)
	}
	if len(files) < 40 {
		t.Fatalf("only %d recordings", len(files))
	}
	for _, file := range files {
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		var in io.Reader = f
		if strings.HasSuffix(file, ".zst") {
			z, err := zstd.NewReader(f)
			if err != nil {
				t.Fatal(err)
			}
			defer z.Close()
			in = z
		}
		data, err := io.ReadAll(io.LimitReader(in, limit))
		if err != nil {
			t.Fatal(err)
		}
		_ = f.Close()
		yield(strings.TrimSuffix(file, ".zst"), data)
	}
}

// describe writes matches and what filters suppressed.
func describe(matches []evaluator.Match, stopped []evaluator.Suppression, views int) string {
	var b strings.Builder
	fmt.Fprint(&b, views, " views")
	for _, m := range matches {
		fmt.Fprintf(&b, "; %s %s", m.Rule.Hash[:12], m.View)
	}
	for _, s := range stopped {
		fmt.Fprintf(&b, "; stopped %s %s %d", s.Rule.Hash[:12], s.View, len(s.By))
	}
	return b.String()
}

// checkTime fails the test if a stream gives an event another time than it has by itself.
func checkTime(t *testing.T, n *telemetry.Normaliser, streamed *telemetry.Event) {
	t.Helper()
	got, gotSource, gotOK := streamed.Time()
	want, wantSource, wantOK := n.Event(streamed.Record()).Time()
	if gotOK != wantOK || gotSource != wantSource || !got.Equal(want) {
		t.Fatalf("%v: the time is %v of %q, %v in a stream, else %v of %q, %v", streamed.Record().Value, got, gotSource, gotOK, want, wantSource, wantOK)
	}
}

// A record as it stands in a recording matches what its event matches, all public
// rules and JSON recordings considered.
func TestStreamOnCorpus(t *testing.T) {
	p := publicProgram(t)
	n := telemetry.NewNormaliser(nil)
	streamEvaluator := evaluator.New(p)
	stream := telemetry.NewStream(n, streamEvaluator)
	plain := evaluator.New(p)
	records, matched := 0, 0
	ndjsonFiles(t, corpusLimit, func(name string, data []byte) {
		for line := range bytes.Lines(data) {
			line = bytes.TrimSpace(line)
			got, views, err := stream.Match(telemetry.Record{Source: name, Index: records, Raw: line})
			if err != nil {
				continue // a file whose records take several lines
			}
			identity, identityErr := stream.Identity()
			event, err := stream.Event()
			if err != nil {
				t.Fatal(err)
			}
			checkTime(t, n, event)
			checkIdentity(t, identity, identityErr, event)
			streamed := describe(got, streamEvaluator.Suppressed(), views)
			want := plain.Match(event)
			if expect := describe(want, plain.Suppressed(), len(event.Views())); streamed != expect {
				t.Fatalf("%s record %d:\n got %s\nwant %s\n%.2000s", name, records, streamed, expect, line)
			}
			records++
			if len(want) > 0 {
				matched++
			}
		}
	})
	t.Logf("%d records, %d match", records, matched)
	if records < 1000 || matched < 100 {
		t.Errorf("%d records, of which %d match", records, matched)
	}
}

// The same for recordings of all kinds, whose records are read as values.
func TestStreamOnValues(t *testing.T) {
	n := telemetry.NewNormaliser(nil)
	p := publicProgram(t)
	streamEvaluator := evaluator.New(p)
	stream, plain := telemetry.NewStream(n, streamEvaluator), evaluator.New(p)
	records, matched := 0, 0
	for _, folder := range []string{"evtx/EVTX-ATTACK-SAMPLES", "evtx/EVTX-to-MITRE-Attack", "evtx/DeepBlueCLI", "windows-xml", "network", "web", "cloud"} {
		for record, err := range telemetry.Read(t.Context(), []string{corpus.Path(t, folder)}, telemetry.ReadOptions{Unrendered: true}) {
			if err != nil {
				continue // what is damaged is the concern of other tests
			}
			got, views, err := stream.Match(record)
			if err != nil {
				t.Fatal(err)
			}
			streamed := describe(got, streamEvaluator.Suppressed(), views)
			identity, identityErr := stream.Identity()
			event := n.Event(record.Rendered())
			checkIdentity(t, identity, identityErr, event)
			if records%10 == 0 {
				made, err := stream.Event()
				if err != nil {
					t.Fatal(err)
				}
				checkTime(t, n, made)
				if diff := cmp.Diff(event.Fingerprint(), made.Fingerprint()); diff != "" {
					t.Fatal(diff)
				}
			}
			record.Release()
			want := plain.Match(event)
			if expect := describe(want, plain.Suppressed(), len(event.Views())); streamed != expect {
				t.Fatalf("%s record %d:\n got %s\nwant %s\n%.2000s", record.Source, record.Index, streamed, expect, event.Record().Value.Text())
			}
			records++
			if len(want) > 0 {
				matched++
			}
		}
	}
	t.Logf("%d records, %d match, %+v", records, matched, stream.Statistics())
	if records < 10_000 || matched < 1000 {
		t.Errorf("%d records, of which %d match", records, matched)
	}
}

// corpusLimit is how much of each recording is read.
const corpusLimit = 1 << 20
