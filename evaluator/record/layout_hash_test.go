package record

import "testing"

// The hashes that a file tells of its layouts are those of its dictionary, and who has met
// these layouts reads no dictionary.
func TestLayoutHashes(t *testing.T) {
	t.Parallel()
	dir := smallRecording(t)
	m, err := ReadManifest(dir)
	if err != nil {
		t.Fatal(err)
	}
	r, layouts := &reader{}, 0
	for _, f := range m.Files {
		file, err := open(dir, f)
		if err != nil {
			t.Fatal(err)
		}
		var first []*layoutFile
		for pass := range 2 {
			g := file.group(0, r)
			found, rows, err := g.layoutsOf(nil)
			if err != nil {
				t.Fatal(err)
			}
			c := g.read[layoutColumn]
			if pass == 1 && c.dictionary != nil {
				t.Errorf("%s: the dictionary was read again", f.Path)
			}
			if err := g.dictionaryOf(c); err != nil {
				t.Fatal(err)
			}
			hashes := file.layoutHashes(len(rows))
			if len(hashes) != len(c.dictionary.Texts) {
				t.Fatalf("%s: %d hashes of %d layouts", f.Path, len(hashes), len(c.dictionary.Texts))
			}
			for n, text := range c.dictionary.Texts {
				if hashes[n] != hashOfLayout(text) {
					t.Errorf("%s: layout %d has another hash", f.Path, n)
				}
				if known, err := r.layouts.of(text); err != nil || found[n] != known || pass == 1 && found[n] != first[n] {
					t.Errorf("%s: layout %d is another one: %v", f.Path, n, err)
				}
				layouts++
			}
			first = found
		}
	}
	if layouts < 100 {
		t.Errorf("only %d layouts", layouts)
	}
}
