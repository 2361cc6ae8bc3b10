package record

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/klauspost/compress/zstd"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/rules"
)

func keywordProgram(t *testing.T, keyword string) *compiler.Program {
	t.Helper()
	return compiled(t, "title: T\nlogsource: {product: windows, service: security}\ndetection: {k: ['"+keyword+"'], condition: k}\n")
}

// compiled is the program of a rule.
func compiled(t testing.TB, rule string) *compiler.Program {
	t.Helper()
	set, problems := rules.Load(fstest.MapFS{"rule.yml": {Data: []byte(rule)}})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	p, failed := compiler.Compile(set, compiler.Options{})
	if len(failed) > 0 {
		t.Fatal(failed)
	}
	return p
}

// A long column is not read for keywords that none of its texts holds, and is where one
// does, whatever its letter case.
func TestLongColumnsAreReadOnlyForTheirWords(t *testing.T) {
	t.Parallel()
	var records []string
	for i := range 2000 {
		text := fmt.Sprintf("An account %d was used. %s", i, strings.Repeat("Nothing happened here. ", 30))
		if i == 777 {
			text += "It was NeedleInStack that did it."
		}
		records = append(records, fmt.Sprintf(`{"Channel":"Security","EventID":4624,"Message":%q,"n":"%d"}`, text, i))
	}
	dir, _ := oneFile(t, records...)
	for keyword, want := range map[string]struct {
		hits int
		read bool
	}{"mimikatz": {}, "needleinstack": {1, true}, "account 1234": {1, true}} {
		hits, read := replayedMessages(t, dir, keywordProgram(t, keyword))
		if hits != want.hits || read != want.read {
			t.Errorf("%s: %d hits, the messages were read: %v", keyword, hits, read)
		}
	}
	if _, err := Redact(t.Context(), dir, Options{}, Redaction{Hash: []string{"Message"}}); err != nil {
		t.Fatal(err)
	}
	file := soleFile(t, dir)
	group := &rowGroup{table: file, reader: &reader{}}
	if g, err := group.gramsOf("Message"); err != nil || g != nil && !g.Lack("needleinstack") {
		t.Error("what was taken out can still be told from the file:", err)
	}
}

func replayedMessages(t *testing.T, dir string, p *compiler.Program) (hits int, read bool) {
	t.Helper()
	g, r := replayedGroup(t, dir, p)
	c := g.rowGroup.read["Message"]
	return len(r.Hits), c != nil && c.dictionary != nil
}

// replayedGroup replays the only row group of a recording of one file, of which stays what was read.
func replayedGroup(t *testing.T, dir string, p *compiler.Program) (*groupReplay, *Replayed) {
	t.Helper()
	w := newReplayer(dir, p, &ReplayOptions{Normaliser: telemetry.NewNormaliser(nil)})
	g := &groupReplay{replayer: w, rowGroup: soleFile(t, dir).group(0, &w.reader)}
	r := &Replayed{Sources: map[string]int{}}
	if err := g.replay(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	return g, r
}

// soleFile opens the file of a recording of one.
func soleFile(t *testing.T, dir string) *table {
	t.Helper()
	m, err := ReadManifest(dir)
	if err != nil {
		t.Fatal(err)
	}
	file, err := open(dir, m.Files[0])
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// What a damaged file says of a column is an error and not the lack of a word.
func TestDamagedRuns(t *testing.T) {
	t.Parallel()
	g := evaluator.NewGrams()
	g.Add(strings.Repeat("all of this is text ", 20))
	grams, ok := g.Append(nil)
	if !ok {
		t.Fatal("nothing is told of plain text")
	}
	if _, err := evaluator.ReadGrams(append(grams, 0xff, 0xff, 0xff, 0x7f)); err == nil {
		t.Error("a damaged list is read")
	}
	z, err := zstd.NewWriter(nil, zstd.WithSingleSegment(true))
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"no frame": []byte("text"), "too long": z.EncodeAll(make([]byte, maxRunsBytes+1), nil), "cut": z.EncodeAll(grams, nil)[:20]} {
		if _, err := (&reader{}).unpackTold(data, maxRunsBytes); err == nil {
			t.Errorf("%s: is read", name)
		}
	}
}
