package record

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// fullManifest is one in which everything is told.
func fullManifest() *Manifest {
	many := map[string]int{}
	for i := range 99 {
		many[fmt.Sprint("source ", i)] = i
	}
	first, last := time.Date(2026, 1, 2, 3, 4, 5, 60_000_000, time.UTC), time.Date(2026, 1, 2, 23, 0, 0, 0, time.UTC)
	return &Manifest{Schema: SchemaVersion, Files: []File{
		{Path: "day=2026-01-02/view=x/a.parquet", Day: "2026-01-02", View: "x", Rows: 7, First: &first, Last: &last, Bytes: 1 << 40, SHA256: "00", Footer: &Footer{Bytes: 9, SHA256: "03"}, Sources: map[string]int{`C:\logs\"é" <a>.evtx`: 7},
			Routing: "r", Routes: []Route{{Logsources: `[["","windows",""]]`, Rows: 7, Undated: 1, First: &first, Last: &last}}, Index: &Index{Head: 1, Bytes: 2, SHA256: "01"}},
		{Path: "day=none/view=none/b.parquet", Sources: map[string]int{}},
		{Path: "c.parquet", Sources: many},
	}, Inputs: []Input{{Path: "a.evtx", Bytes: 3, SHA256: "02"}}}
}

// slowly reads a manifest by way of the json package.
func slowly(text []byte) (*Manifest, error) {
	m := &Manifest{}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	return m, d.Decode(m)
}

// A manifest is plain as it is written, now and by earlier versions.
func TestManifestsThatAreWrittenArePlain(t *testing.T) {
	t.Parallel()
	for _, want := range []*Manifest{fullManifest(), {Schema: SchemaVersion, Files: []File{}}} {
		text, err := want.encode()
		if err != nil {
			t.Fatal(err)
		}
		indented, err := json.MarshalIndent(want, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range [][]byte{text, indented} {
			got := &Manifest{}
			if r := (plainReader{rest: string(text)}); !r.manifest(got) {
				t.Fatalf("%s is not plain", text)
			}
			slow, err := slowly(text)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got) + cmp.Diff(slow, got); diff != "" {
				t.Error(diff)
			}
		}
	}
}

// What is read as plain is what the json package reads.
func FuzzPlainManifest(f *testing.F) {
	text, err := fullManifest().encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(text))
	for _, text := range []string{`{"schema":2,"files":[{"path":"\/\u00e9","rows":-1}]}`, `{"schema":02}`, `{"files":[{"sources":{"a":1,"a":2}}]}`, `{"schema":2,"schema":3}`, `{"Schema":2}`, `{"files":null} x`, `{"files":[{"first":"2026-01-01T00:00:00.10Z","index":{}}]}`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := &Manifest{}
		if err := got.read([]byte(text)); err != nil {
			return
		}
		want, err := slowly([]byte(text))
		if err != nil {
			t.Fatalf("%q is read, but %v", text, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%q is read as something else: %s", text, diff)
		}
	})
}
