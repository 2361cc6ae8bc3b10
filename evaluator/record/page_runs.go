package record

import (
	"encoding/base64"
	"fmt"
	"maps"
	"slices"

	"github.com/socctl/socctl/evaluator"
)

// pagesKey, with the name of a column behind it, is the key of metadata that tells which runs
// the texts of each of its pages have. Columns of several pages are mostly rendered messages,
// megabytes in each page. Of the words that rules look for in any text, one or two have runs
// that a file has, and those are in one page or none: the others are not decompressed.
const pagesKey = reserved + "pages."

// writePageRuns tells of the pages of columns that have several, and are told of by themselves.
func (p *part) writePageRuns(out *parquetFile) {
	for _, name := range slices.Sorted(maps.Keys(out.pages)) {
		c := p.columns[name]
		if c == nil || c.size() < worthRuns {
			continue
		}
		pages := c.pageRuns(out.pages[name])
		if !c.grams.Told() {
			continue
		}
		var content []byte
		for _, g := range pages {
			content = c.grams.AppendPart(content, g)
		}
		out.tell(pagesKey+name, base64.StdEncoding.EncodeToString(out.single.EncodeAll(content, nil)))
	}
}

// pageRuns returns the runs of the texts of each page. The rows of a page end before a place
// in those of the column. What is found out of all texts is kept.
func (c *column) pageRuns(ends []int) []*evaluator.Grams {
	var out []*evaluator.Grams
	all, from := evaluator.NewGrams(), 0
	for _, end := range ends {
		g := evaluator.NewGrams()
		for _, code := range c.code[from:end] {
			g.Add(c.texts[code])
		}
		g.Forget()
		all.Unite(g)
		out, from = append(out, g), end
	}
	if c.grams == nil {
		c.grams = all
	}
	return out
}

// pageRunsOf returns what a file tells of the pages of a column without reading them; nil if
// that is nothing.
func (g *rowGroup) pageRunsOf(c *groupColumn) ([]*evaluator.Grams, error) {
	written, ok := g.footer.lookup(pagesKey + c.name)
	if !ok {
		return nil, nil
	}
	out, err := g.readPageRuns(c, written)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", pagesKey+c.name, err)
	}
	return out, nil
}

// maxPartBytes is how much can be told of the texts of a page: a bit for each run.
const maxPartBytes = evaluator.MostGrams / 8

func (g *rowGroup) readPageRuns(c *groupColumn, written string) ([]*evaluator.Grams, error) {
	all, err := g.gramsOf(c.name)
	if err != nil {
		return nil, err
	}
	data, err := g.decodeBase64(written)
	if err == nil {
		data, err = g.unpackTold(data, uint64(len(c.chunk.pages))*maxPartBytes)
	}
	out := make([]*evaluator.Grams, len(c.chunk.pages))
	for i := 0; err == nil && i < len(out); i++ {
		out[i] = g.roomForGrams()
		data, err = out[i].ReadPart(all, data)
	}
	if err == nil && len(data) > 0 {
		err = errDamaged
	}
	return out, err
}
