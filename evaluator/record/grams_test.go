package record

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/rules"
)

func keywordProgram(t *testing.T, keyword string) *compiler.Program {
	t.Helper()
	rule := "title: T\nlogsource: {product: windows, service: security}\ndetection: {k: ['" + keyword + "'], condition: k}\n"
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
	if _, _, err := Redact(dir, Options{}, Redaction{Hash: []string{"Message"}}); err != nil {
		t.Fatal(err)
	}
	m, err := ReadManifest(dir)
	if err != nil {
		t.Fatal(err)
	}
	file, err := open(dir, m.Files[0])
	if err != nil {
		t.Fatal(err)
	}
	if g, err := file.gramsOf("Message"); err != nil || g != nil && !g.Lack("needleinstack") {
		t.Error("what was taken out can still be told from the file:", err)
	}
}

func replayedMessages(t *testing.T, dir string, p *compiler.Program) (hits int, read bool) {
	t.Helper()
	m, err := ReadManifest(dir)
	if err != nil {
		t.Fatal(err)
	}
	file, err := open(dir, m.Files[0])
	if err != nil {
		t.Fatal(err)
	}
	w := newReplayer(dir, p, &ReplayOptions{Normaliser: telemetry.NewNormaliser(nil)})
	g := &groupReplay{replayer: w, rowGroup: rowGroup{table: file, reader: &w.reader, group: file.parquet.RowGroups()[0], read: map[string]*groupColumn{}}}
	r := &Replayed{Sources: map[string]int{}}
	if err := g.replay(r); err != nil {
		t.Fatal(err)
	}
	c := g.rowGroup.read["Message"]
	return len(r.Hits), c != nil && c.dictionary != nil
}

// What a damaged file says of a column is an error and not the lack of a word.
func TestDamagedGrams(t *testing.T) {
	t.Parallel()
	c := &column{}
	for i := range 3000 {
		c.set(i, fmt.Appendf(nil, "%d %s", i, strings.Repeat("all of this is text ", 20)))
	}
	grams, ok := c.grams()
	if !ok {
		t.Fatal("no runs are kept of a long column")
	}
	if _, err := evaluator.ReadGrams(append(grams, 0xff, 0xff, 0xff, 0x7f)); err == nil {
		t.Error("a damaged list is read")
	}
	short := &column{}
	short.set(0, []byte("short"))
	if _, ok := short.grams(); ok {
		t.Error("letters are kept of a short column")
	}
}
