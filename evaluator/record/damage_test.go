package record

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/socctl/socctl/evaluator/telemetry"
)

// oneFile records events that become one file.
func oneFile(t *testing.T, records ...string) (dir, path string) {
	t.Helper()
	dir = t.TempDir()
	w, err := Create(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i, text := range records {
		v, ok := telemetry.DecodeJSON(text)
		if !ok {
			t.Fatal(text)
		}
		if err := w.Add(telemetry.Record{Source: "x", Index: i, Value: v}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
	m, err := ReadManifest(dir)
	if err != nil || len(m.Files) != 1 {
		t.Fatalf("%d files: %v", len(m.Files), err)
	}
	return dir, filepath.Join(dir, filepath.FromSlash(m.Files[0].Path))
}

// A file with damage is reported, and never makes a replay panic. A replay that does not read
// what is damaged finds what it finds in a sound file.
func TestDamagedFiles(t *testing.T) {
	t.Parallel()
	var records []string
	for i := range 300 {
		records = append(records, fmt.Sprintf(`{"Channel":"Security","EventID":%d,"TimeCreated":"2026-01-01T00:00:00Z","text":"%d"}`, 4600+i%10, i*i))
	}
	dir, path := oneFile(t, records...)
	sound, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	dice, refused := rand.New(rand.NewPCG(4, 4)), 0
	for range 200 {
		text := append([]byte(nil), sound...)
		for range 1 + dice.IntN(3) {
			text[dice.IntN(len(text))] ^= 1 << dice.IntN(8)
		}
		if dice.IntN(20) == 0 {
			text = text[:dice.IntN(len(text))]
		}
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
		if problems, err := Verify(t.Context(), dir); err != nil || len(problems) == 0 {
			t.Fatalf("the damage was not found: %v", err)
		}
		hits := 0
		err := Replay(t.Context(), dir, childProgram(), ReplayOptions{Workers: 1}, func(r *Replayed) error {
			hits += len(r.Hits)
			return nil
		})
		switch {
		case err == nil && hits != 30:
			t.Fatalf("%d hits in a damaged file", hits)
		case err != nil && !strings.Contains(err.Error(), filepath.Base(path)):
			t.Fatalf("the error names no file: %v", err)
		case err != nil:
			refused++
		}
		if err := Records(dir, nil, func(Row) error { return nil }); err == nil {
			t.Fatal("records of a damaged file are read")
		}
	}
	if refused < 50 {
		t.Errorf("only %d of them were refused", refused)
	}
}

// Records that are unlike any other are recorded and come back.
func TestOddRecords(t *testing.T) {
	t.Parallel()
	var many strings.Builder
	many.WriteString(`{"x":"y"`)
	for i := range 100_000 {
		fmt.Fprintf(&many, `,"field%d":%d`, i, i)
	}
	many.WriteString("}")
	var some strings.Builder
	some.WriteString(`{"x":"y"`)
	for i := range 3000 {
		fmt.Fprintf(&some, `,"field%d":"v%d"`, i, i)
	}
	some.WriteString("}")
	records := []string{many.String(), some.String(), `{}`, `{"":"","a":{"":[]}}`, `{"socctl.time":"x","socctl.layout":[1,2],"a":1}`, `{"a":1,"a":"2","A":true,"a.b":null,"b":{"c":1},"b.c":2}`,
		`{"Image":"a","event":{"Image":"b"},"Image":"c"}`, `{"TimeCreated":"0001-01-01T00:00:00Z","EventID":1,"Channel":"x"}`, `{"TimeCreated":"9999-12-31T00:00:00Z","EventID":1,"Channel":"x"}`,
		`{"n":1e400,"m":-0.0,"o":18446744073709551616,"p":1.0}`, "{\"t\":\"\x7f\\u0000\\ud83d\\ude00\"}"}
	dir := t.TempDir()
	w, err := Create(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i, text := range records {
		v, ok := telemetry.DecodeJSON(text)
		if !ok {
			t.Fatalf("%.100s is no JSON", text)
		}
		if err := w.Add(telemetry.Record{Source: "x", Index: i, Value: v}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
	got := map[int]string{}
	if err := Records(dir, nil, func(r Row) error { got[r.Record.Index] = r.Record.Value.Text(); return nil }); err != nil {
		t.Fatal(err)
	}
	for i, text := range records {
		v, _ := telemetry.DecodeJSON(text)
		if want := v.Text(); got[i] != want {
			t.Errorf("record %d is %.300s, want %.300s", i, got[i], want)
		}
	}
	if problems, err := Verify(t.Context(), dir); err != nil || len(problems) > 0 {
		t.Error(problems, err)
	}
}
