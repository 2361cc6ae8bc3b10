package telemetry

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/corpus"
)

// readAll returns everything that Read yields for sources.
func readAll(t testing.TB, o ReadOptions, sources ...string) (records []Record, problems []*Problem) {
	t.Helper()
	for record, err := range Read(context.Background(), sources, o) {
		if err == nil {
			records = append(records, record)
			continue
		}
		var p *Problem
		if !errors.As(err, &p) {
			t.Fatalf("error %v is a %T, want a *Problem", err, err)
		}
		problems = append(problems, p)
	}
	return records, problems
}

// readBytes returns everything that Read yields for data, as text.
func readBytes(t testing.TB, data []byte) (records []string, problems []*Problem) {
	t.Helper()
	found, problems := readAll(t, ReadOptions{Stdin: bytes.NewReader(data)}, "-")
	for _, r := range found {
		records = append(records, r.Value.Text())
	}
	return records, problems
}

func filesBelow(t testing.TB, root, ext string) (files []string) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && filepath.Ext(path) == ext {
			files = append(files, path)
		}
		return err
	})
	if err != nil || len(files) == 0 {
		t.Fatalf("no %s files below %s (%v)", ext, root, err)
	}
	return files
}

// TestEVTXAgainstTwins compares every regression recording with its twin, the
// output of another EVTX reader (evtx_dump). The values must be the same but
// for three things that evtx_dump does not keep or that only it adds:
//   - it trims the space at the end of strings,
//   - it leaves the braces of GUIDs away,
//   - it cuts times to microseconds,
//
// and for namespaces, which only it shows.
func TestEVTXAgainstTwins(t *testing.T) {
	root := corpus.Path(t, "sigma/regression_data")
	records, fields, differences := 0, 0, 0
	for _, file := range filesBelow(t, root, ".evtx") {
		got, problems := readAll(t, ReadOptions{}, file)
		want, twinProblems := readAll(t, ReadOptions{}, strings.TrimSuffix(file, ".evtx")+".json")
		if len(problems)+len(twinProblems) > 0 || len(got) != len(want) {
			t.Errorf("%s: %d records, %d in the twin, problems %v %v", file, len(got), len(want), problems, twinProblems)
			continue
		}
		for i := range got {
			records++
			a, b := leaves(got[i].Value), leaves(want[i].Value)
			fields += len(b)
			for _, d := range difference(a, b) {
				differences++
				t.Errorf("%s: record %d: %s", file, i, d)
			}
		}
	}
	t.Logf("%d records, %d fields, %d differences", records, fields, differences)
}

// leaves flattens a record to its scalars, in the notation of the twins.
func leaves(v evaluator.Value) map[string]string {
	out := map[string]string{}
	var walk func(path string, v evaluator.Value)
	walk = func(path string, v evaluator.Value) {
		switch v.Kind() {
		case evaluator.Object:
			for _, m := range v.Members() {
				if m.Name != "xmlns" {
					walk(path+"/"+m.Name, m.Value)
				}
			}
			return
		case evaluator.List:
			for i, item := range v.Items() {
				walk(fmt.Sprintf("%s/%d", path, i), item)
			}
			return
		}
		out[path] = v.Kind().String() + " " + asTwin(v.Text())
	}
	walk("", v)
	return out
}

var (
	braces = regexp.MustCompile(`^\{([0-9A-Fa-f]{8}-[0-9A-Fa-f-]{27})\}$`)
	ticks  = regexp.MustCompile(`^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6})\dZ$`)
)

func asTwin(text string) string {
	text = strings.TrimRight(text, " \t\r\n")
	text = braces.ReplaceAllString(text, "$1")
	return ticks.ReplaceAllString(text, "${1}Z")
}

func difference(got, want map[string]string) (out []string) {
	for path, w := range want {
		if g, ok := got[path]; !ok || g != w {
			out = append(out, fmt.Sprintf("%s is %q, want %q", path, g, w))
		}
	}
	for path, g := range got {
		if _, ok := want[path]; !ok {
			out = append(out, fmt.Sprintf("%s is %q, which the twin does not have", path, g))
		}
	}
	return out
}

// TestEVTXCorpus reads all other recordings and counts their records. The
// index of the corpus has the counts of libevtx, which are the same but for
// one file: a shadow copy in which a page of one chunk was overwritten with a
// page of another. libevtx and others stop there; here the records behind it
// are found again.
func TestEVTXCorpus(t *testing.T) {
	root := corpus.Path(t, "evtx")
	counts := indexCounts(t)
	total, compared := 0, 0
	for _, file := range filesBelow(t, root, ".evtx") {
		rel, err := filepath.Rel(filepath.Dir(root), file)
		if err != nil || strings.Contains(file, "corrupted") {
			continue
		}
		records, problems := readAll(t, ReadOptions{}, file)
		total += len(records)
		want, ok := counts[filepath.ToSlash(rel)]
		if strings.HasPrefix(filepath.Base(file), "2-vss_0") {
			want += 38
		}
		if ok {
			compared++
			if len(records) != want {
				t.Errorf("%s: %d records, want %d; problems %v", rel, len(records), want, problems)
			}
		}
		if len(problems) > 0 {
			lost := 0
			for _, p := range problems {
				lost += p.Lost
			}
			t.Logf("%s: %d records, %d problems, %d lost; the last is: %v", filepath.Base(file), len(records), len(problems), lost, problems[len(problems)-1].Err)
		}
	}
	t.Logf("%d records; the counts of %d files are as expected", total, compared)
}

// indexCounts returns the numbers of records by file that the index gives.
func indexCounts(t *testing.T) map[string]int {
	records, _ := readAll(t, ReadOptions{}, corpus.Path(t, "index.ndjson"))
	counts := map[string]int{}
	for _, r := range records {
		path, _ := r.Value.Member("path")
		events, _ := r.Value.Member("events")
		if n, err := strconv.Atoi(events.Text()); err == nil {
			counts[path.Text()] = n
		}
	}
	return counts
}

// TestJSONCorpus counts the records of JSON recordings in the same way.
func TestJSONCorpus(t *testing.T) {
	counts := indexCounts(t)
	root := corpus.Path(t, ".")
	got := map[string]int{}
	total := 0
	for record, err := range Read(t.Context(), []string{corpus.Path(t, "windows-json/*_e*.zst"), corpus.Path(t, "cloud")}, ReadOptions{}) {
		if err != nil {
			t.Error(err)
			continue
		}
		rel, _ := filepath.Rel(root, record.Source)
		got[filepath.ToSlash(rel)]++
		total++
	}
	for file, n := range got {
		if want, ok := counts[file]; ok && want != n {
			t.Errorf("%s: %d records, want %d", file, n, want)
		}
	}
	t.Logf("%d records in %d files", total, len(got))
}
