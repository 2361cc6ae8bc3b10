package record

import (
	"encoding/base64"
	"fmt"
	"maps"
	"slices"

	"github.com/socctl/socctl/evaluator"
)

// gramsKey is how the keys of metadata begin that tell which bytes the texts of a column
// have, and which runs of four of them, see evaluator.Grams. A replay does not read a column
// where no rule can find anything: keywords are asked of all columns, and few have the
// letters of any. Rendered messages have, and are most of what there is to read in recordings
// of Windows; hence the runs.
const gramsKey = reserved + "letters."

// Of columns with so many bytes of texts the letters are kept, and runs if these take at most
// this part of them: reading them is then a little of what reading the column is.
const (
	worthLetters = 2 << 10
	worthGrams   = 256 << 10
	gramsPart    = 24
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
	if size < worthLetters {
		return nil, false
	}
	g := &evaluator.Grams{}
	if size >= worthGrams {
		g = evaluator.NewGrams()
	}
	for _, text := range c.texts {
		g.Add(text)
	}
	return g.Append(nil, size/gramsPart)
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
