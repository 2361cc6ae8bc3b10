package record

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/socctl/socctl/evaluator/telemetry"
)

// addBit adds events of one day, as who records every hour does.
func addBit(t *testing.T, dir string, channel string, n, from int) {
	t.Helper()
	w, err := Create(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		v, _ := telemetry.DecodeJSON(fmt.Sprintf(`{"Channel":%q,"EventID":%d,"TimeCreated":"2026-01-02T03:04:05Z","n":%d}`, channel, 4600+i%40, from+i))
		if err := w.Add(telemetry.Record{Source: "x", Index: from + i, Value: v}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
}

// What was added bit by bit becomes one file for a view, and one for views of few events,
// and stays so.
func TestCompactPutsFilesTogether(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	want := 0
	for bit := range 3 {
		addBit(t, dir, "Security", fewRows+100, bit*10_000)
		addBit(t, dir, "System", 10, bit*10)
		addBit(t, dir, "Application", 10, bit*10)
		want += fewRows + 120
	}
	hits := childHits(t, dir, false)
	for round := range 2 {
		before, after, err := Compact(t.Context(), dir, Options{})
		if most := []int{9, 2}[round]; err != nil || before != most || after != 2 {
			t.Fatalf("%d files become %d: %v", before, after, err)
		}
	}
	m, err := ReadManifest(dir)
	if err != nil || m.Rows() != want {
		t.Fatalf("%d events of %d: %v", m.Rows(), want, err)
	}
	if got := childHits(t, dir, false); got != hits {
		t.Errorf("%d hits, before %d", got, hits)
	}
	path := filepath.Join(dir, filepath.FromSlash(m.Files[0].Path))
	was, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := Compact(t.Context(), dir, Options{}); err != nil {
		t.Fatal(err)
	}
	if is, err := os.Stat(path); err != nil || !is.ModTime().Equal(was.ModTime()) {
		t.Errorf("a file was written again with nothing to add to it: %v", err)
	}
}
