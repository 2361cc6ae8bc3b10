package record

import (
	"errors"
	"fmt"
	"sort"

	"github.com/socctl/socctl/evaluator"
)

// lateTexts is the texts of a column without a dictionary, of which pages are only decoded
// when one of their texts is asked for. Rendered messages take most of a file, and are often
// looked at in a few rows that lie side by side.
type lateTexts struct {
	group *rowGroup
	of    *groupColumn
	ends  []uint32 // of the texts of pages
	read  []bool   // by page
}

// lateDictionaryOf is dictionaryOf, but texts may be read later. What fails then is noted in
// late.
func (g *rowGroup) lateDictionaryOf(c *groupColumn) error {
	if c.dictionary != nil || c.chunk == nil || c.chunk.dictionary.values != nil || len(c.chunk.pages) < 2 {
		return g.dictionaryOf(c)
	}
	if err := g.rowsOf(c); err != nil {
		return err
	}
	x := &lateTexts{group: g, of: c, read: make([]bool, len(c.chunk.pages))}
	count := uint32(0)
	for i := range c.chunk.pages {
		count += uint32(c.chunk.pages[i].rows - c.chunk.pages[i].nulls)
		x.ends = append(x.ends, count)
	}
	texts := g.roomForTexts(int(count))[:count]
	clear(texts)
	told, err := g.pageRunsOf(c)
	if err != nil {
		return err
	}
	c.dictionary = &evaluator.Dictionary{Texts: texts, Late: x.text, Begin: g.openingsOf(c)}
	for i, grams := range told {
		c.dictionary.Parts = append(c.dictionary.Parts, evaluator.Part{End: x.ends[i], Grams: grams})
	}
	return nil
}

// text reads the page of a text, unless it was read.
func (x *lateTexts) text(n uint32) {
	i := sort.Search(len(x.ends), func(i int) bool { return x.ends[i] > n })
	if x.read[i] {
		return
	}
	x.read[i] = true
	if err := x.page(i); err != nil {
		x.group.late = errors.Join(x.group.late, fmt.Errorf("column %q: %w", x.of.name, err))
	}
}

func (x *lateTexts) page(i int) error {
	content, err := x.group.unpack(&x.of.chunk.pages[i])
	if err != nil {
		return err
	}
	from := uint32(0)
	if i > 0 {
		from = x.ends[i-1]
	}
	to := x.of.dictionary.Texts[from:from:x.ends[i]]
	read, err := x.group.deltaTexts(to, content)
	if err == nil && len(read) != cap(to) {
		err = errDamaged
	}
	return err
}
