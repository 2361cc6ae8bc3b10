package record

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// lateColumn returns a column without a dictionary, of more than one page, with its texts.
func lateColumn(t *testing.T, dice *rand.Rand) (*rowGroup, *groupColumn, []string) {
	t.Helper()
	with, err := newPress()
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	var rows []int32
	var code []uint32
	count := 300
	for row := range count {
		if dice.IntN(3) > 0 {
			rows, code = append(rows, int32(row)), append(code, uint32(len(texts)))
			texts = append(texts, strings.Repeat(strconv.Itoa(row), dice.IntN(plainBytes/100)))
		}
	}
	texts[1] = ""
	content := written(t, with, count, texts, rows, code)
	file := &table{content: content, columns: map[string]int{"x": 0}}
	if err := file.readFooter(content); err != nil {
		t.Fatal(err)
	}
	g := file.group(0, &reader{})
	c, err := g.part("x")
	if err == nil {
		err = g.lateDictionaryOf(c)
	}
	if err != nil {
		t.Fatal(err)
	}
	if c.dictionary.Late == nil || len(c.chunk.pages) < 3 {
		t.Fatalf("all of %d pages are read at once", len(c.chunk.pages))
	}
	return &g, c, texts
}

// Texts that are read when they are asked for are those that are read at once, and pages of
// which none is asked for are not read.
func TestLateTexts(t *testing.T) {
	t.Parallel()
	dice := rand.New(rand.NewPCG(31, 32))
	for range 4 {
		g, c, texts := lateColumn(t, dice)
		if last := len(texts) - 1; c.dictionary.Text(uint32(last)) != texts[last] || c.dictionary.Texts[0] != "" && texts[0] != "" {
			t.Error("the last page was not read, or the first one was")
		}
		for _, n := range dice.Perm(len(texts)) {
			if got := c.dictionary.Text(uint32(n)); got != texts[n] {
				t.Fatalf("text %d is %.20q, want %.20q", n, got, texts[n])
			}
		}
		all, err := g.chunkTexts(c.chunk, g.rows)
		if err != nil || g.late != nil || !slices.Equal(all.dictionary, c.dictionary.Texts) {
			t.Fatal("read at once they are others", err, g.late)
		}
	}
}

// A page that cannot be read is told of once its texts are asked for.
func TestLateTextsAreDamaged(t *testing.T) {
	t.Parallel()
	g, c, texts := lateColumn(t, rand.New(rand.NewPCG(33, 34)))
	p := &c.chunk.pages[1]
	p.values = p.values[:len(p.values)/2]
	if c.dictionary.Text(0); g.late != nil {
		t.Fatal(g.late)
	}
	for n := range texts {
		c.dictionary.Text(uint32(n))
	}
	if g.late == nil {
		t.Fatal("nothing is said of half a page")
	}
}
