package record

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/corpus"
)

// withoutFooters makes a recording one of an earlier version, whose manifest says nothing of
// the ends of files.
func withoutFooters(t *testing.T, dir string) {
	t.Helper()
	m, err := ReadManifest(dir)
	if err != nil {
		t.Fatal(err)
	}
	for i := range m.Files {
		if m.Files[i].Footer == nil {
			t.Fatalf("%s has no footer", m.Files[i].Path)
		}
		m.Files[i].Footer = nil
	}
	m.Schema = 2
	text, err := m.encode()
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, ManifestName), text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// hitEvents returns the events of all hits, asked for when the replay is over.
func hitEvents(t *testing.T, dir string) (events []string) {
	t.Helper()
	var hits []Hit
	p, _ := compiler.Compile(corpus.Rules(t), compiler.Options{})
	err := Replay(t.Context(), dir, p, ReplayOptions{spoil: true}, func(r *Replayed) error {
		hits = append(hits, r.Hits...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range hits {
		event, err := hits[i].Event()
		if err != nil {
			t.Fatal(err)
		}
		events = append(events, event.Record().Value.Text())
	}
	return events
}

// Recordings of the version before, of which files are read as a whole, are replayed like
// those of which columns are read.
func TestWithoutFooters(t *testing.T) {
	t.Parallel()
	dir := smallRecording(t)
	want := hitEvents(t, dir)
	if len(want) == 0 {
		t.Fatal("there are no hits")
	}
	old := t.TempDir()
	if err := os.CopyFS(old, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	withoutFooters(t, old)
	if diff := cmp.Diff(want, hitEvents(t, old)); diff != "" {
		t.Errorf("(-with +without footers)\n%.2000s", diff)
	}
	if _, _, err := Compact(t.Context(), old, Options{}); err != nil {
		t.Fatal(err)
	}
	m, err := ReadManifest(old)
	if err != nil || m.Schema != SchemaVersion {
		t.Fatalf("schema %d: %v", m.Schema, err)
	}
	withoutFooters(t, old) // which fails if some file has none
	got := hitEvents(t, old)
	slices.Sort(want) // files have other names, and so another order
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-before +compacted)\n%.2000s", diff)
	}
}

// What is not the file of the manifest is not read, however it differs.
func TestOtherEnds(t *testing.T) {
	t.Parallel()
	dir, path := oneFile(t, `{"Channel":"Security","EventID":4607,"text":"a"}`)
	m, err := ReadManifest(dir)
	if err != nil {
		t.Fatal(err)
	}
	f := m.Files[0]
	for _, c := range []struct {
		change func(*File)
		want   string
	}{
		{func(*File) {}, ""},
		{func(f *File) { f.Bytes++ }, "bytes, and the manifest says"},
		{func(f *File) { f.Footer.Bytes++ }, "the hash of its end is"},
		{func(f *File) { f.Footer.Bytes = 3 }, "is not the file that was recorded"},
		{func(f *File) { f.Footer.Bytes = 1 << 40 }, "is not the file that was recorded"},
		{func(f *File) { f.Footer.SHA256 = "00" }, "the hash of its end is"},
	} {
		is, footer := f, *f.Footer
		is.Footer = &footer
		c.change(&is)
		_, err := openParts(nil, dir, is)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path)) {
			t.Errorf("want %q, got %v", c.want, err)
		}
	}
}

// A column that has changed since its file was opened is not read, nor is one that is gone.
func TestChangedColumn(t *testing.T) {
	t.Parallel()
	dir, path := oneFile(t, `{"Channel":"Security","EventID":4607,"text":"a"}`)
	m, err := ReadManifest(dir)
	if err != nil {
		t.Fatal(err)
	}
	table, err := openParts(nil, dir, m.Files[0])
	if err != nil {
		t.Fatal(err)
	}
	table.close()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	at := table.footer.groups[0].chunks[table.columns["text"]].data
	content[at+2] ^= 1
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	g := table.group(0, &reader{})
	if _, err := g.column("EventID"); err != nil {
		t.Errorf("a column that is sound: %v", err)
	}
	if _, err := g.column("text"); err == nil || !strings.Contains(err.Error(), `the checksum of column "text"`) {
		t.Errorf("a column that has changed: %v", err)
	}
	if err := os.Truncate(path, at); err != nil {
		t.Fatal(err)
	}
	if _, err := g.column("text"); err == nil || !strings.Contains(err.Error(), "it ends at byte") {
		t.Errorf("a column that is cut off: %v", err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := g.column("text"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a column of a file that is gone: %v", err)
	}
	table.sums = table.sums[:sumDigits]
	if _, err := g.column("text"); err == nil || !strings.Contains(err.Error(), "has no checksum of column") {
		t.Errorf("a column without a checksum: %v", err)
	}
}
