package record

import (
	"encoding/base64"
	"fmt"
	"maps"
	"slices"

	"github.com/socctl/socctl/evaluator"
)

// gramsKey is how the keys of metadata begin that tell which runs of four bytes the texts
// of a column have, see evaluator.Grams. A replay does not read a column where no rule can
// find anything; rendered messages, of which keywords are asked, are most of what there is
// to read in recordings of Windows.
const gramsKey = reserved + "grams."

// Grams are kept of columns with so many bytes of texts, if they take this part of them:
// reading them is then a little of what reading the column is.
const (
	worthGrams = 256 << 10
	gramsPart  = 24
)

// writeGrams tells what is worth to be known of the texts of columns.
func (p *part) writeGrams(tell func(key, value string)) {
	for _, name := range slices.Sorted(maps.Keys(p.columns)) {
		if grams, ok := p.columns[name].grams(); ok {
			tell(gramsKey+name, base64.StdEncoding.EncodeToString(grams))
		}
	}
}

func (c *column) grams() ([]byte, bool) {
	size := 0
	for _, text := range c.texts {
		size += len(text)
	}
	if size < worthGrams {
		return nil, false
	}
	g := &evaluator.Grams{}
	for _, text := range c.texts {
		g.Add(text)
	}
	out, ok := g.Append(nil)
	return out, ok && len(out) <= size/gramsPart
}

// gramsOf returns what a file tells of a column without reading it; nil if that is
// nothing.
func (t *table) gramsOf(name string) (*evaluator.Grams, error) {
	written, ok := t.parquet.Lookup(gramsKey + name)
	if !ok {
		return nil, nil
	}
	data, err := base64.StdEncoding.DecodeString(written)
	if err == nil {
		var g *evaluator.Grams
		if g, err = evaluator.ReadGrams(data); err == nil {
			return g, nil
		}
	}
	return nil, fmt.Errorf("column %q: %w", name, err)
}
