package telemetry

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestGrowingFile appends to a file while it is read, in the middle of a line:
// every whole line is read, and one that is not finished when its end is
// reached is reported and not taken for a record.
func TestGrowingFile(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, line string }{
		{"app.ndjson", `{"n":%d,"text":"x"}`},
		{"app.log", `<14>Nov 19 06:20:00 web-1 app: line %d of many`},
	} {
		path := filepath.Join(t.TempDir(), test.name)
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		const whole = 50_000 // more than any reader has in its buffers
		for i := range whole {
			fmt.Fprintf(f, test.line+"\n", i)
		}
		records, problems := 0, 0
		for _, err := range Read(t.Context(), []string{path}, ReadOptions{}) {
			if err != nil {
				problems++
				if test.name == "app.log" || !strings.Contains(err.Error(), "input ends inside a value") {
					t.Error(err)
				}
				continue
			}
			if records++; records == 1 {
				fmt.Fprintf(f, test.line+"\n", whole)
				fmt.Fprint(f, test.line[:5])
			}
		}
		if test.name == "app.ndjson" && (records != whole+1 || problems != 1) {
			t.Errorf("%s: %d records and %d problems, want %d and 1", test.name, records, problems, whole+1)
		}
		if test.name == "app.log" && records+problems < whole+1 {
			t.Errorf("%s: %d records and %d problems, want %d lines", test.name, records, problems, whole+1)
		}
	}
}

// TestManyFiles reads a folder with very many files, in order.
func TestManyFiles(t *testing.T) {
	t.Parallel()
	count := 4000
	if full {
		count = 100_000
	}
	root := t.TempDir()
	for i := range count {
		dir := filepath.Join(root, fmt.Sprintf("%03d", i/1000))
		if i%1000 == 0 {
			if err := os.Mkdir(dir, 0o755); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%06d.json", i)), fmt.Appendf(nil, `{"n":%d}`, i), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	next := 0
	for r, err := range Read(t.Context(), []string{root}, ReadOptions{}) {
		if err != nil {
			t.Fatal(err)
		}
		if n, _ := r.Value.Member("n"); n.Text() != fmt.Sprint(next) {
			t.Fatalf("record %d is %s", next, r.Value.Text())
		}
		next++
	}
	if next != count {
		t.Errorf("%d records, want %d", next, count)
	}
}
