package record

import (
	"encoding/json"
	"fmt"

	"github.com/parquet-go/parquet-go"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/shape"
)

// rowGroup is a row group that is being read: each column once, and only if it is
// needed.
type rowGroup struct {
	*table
	*reader
	group  parquet.RowGroup
	number int // of the row group in its file
	read   map[string]*groupColumn
	rests  [][]string // by row, once they are needed
	late   error      // what failed when a leaf was read
}

// groupColumn is a column of a row group, as far as it was read.
type groupColumn struct {
	dictionary *evaluator.Dictionary
	codes      []uint32

	name  string
	chunk *chunk // nil for columns that are read by way of the parquet package
	texts *texts
	grams *evaluator.Grams // nil if nothing is known
}

// part returns a column of which nothing may have been read yet.
func (g *rowGroup) part(name string) (*groupColumn, error) {
	if c := g.read[name]; c != nil {
		return c, nil
	}
	n, ok := g.columns[name]
	if !ok {
		return nil, fmt.Errorf("has no column %q, which a layout names", name)
	}
	c := &groupColumn{name: name, chunk: g.chunkOf(g.number, n)}
	var err error
	if c.grams, err = g.gramsOf(name); err != nil {
		return nil, err // not remembered, so that whoever reads the column is told as well
	}
	g.read[name] = c
	return c, nil
}

// column returns a column with its dictionary and its rows.
func (g *rowGroup) column(name string) (*groupColumn, error) {
	c, err := g.part(name)
	if err == nil {
		err = g.rowsOf(c)
	}
	return c, err
}

// dictionaryOf reads the dictionary of a column.
func (g *rowGroup) dictionaryOf(c *groupColumn) (err error) {
	if c.dictionary != nil {
		return nil
	}
	if c.chunk != nil {
		c.texts, err = g.reader.chunkTexts(c.chunk, int(g.group.NumRows()))
	} else {
		c.texts, err = g.texts(g.group, g.columns[c.name])
	}
	if err != nil {
		return fmt.Errorf("column %q: %w", c.name, err)
	}
	c.dictionary, c.codes = &evaluator.Dictionary{Texts: c.texts.dictionary}, c.texts.codes
	return nil
}

// rowsOf reads which texts the rows of a column have.
func (g *rowGroup) rowsOf(c *groupColumn) error {
	if err := g.dictionaryOf(c); err != nil || c.codes != nil {
		return err
	}
	if err := g.reader.chunkCodes(c.texts, c.chunk, int(g.group.NumRows())); err != nil {
		return fmt.Errorf("column %q: %w", c.name, err)
	}
	c.codes = c.texts.codes
	return nil
}

// layoutsOf returns the layouts of the rows that are wanted, and which of them have
// them; nil wants all.
func (g *rowGroup) layoutsOf(wanted func(row int) bool) (layouts []*layoutFile, rows [][]int32, err error) {
	c, err := g.column(layoutColumn)
	if err != nil {
		return nil, nil, err
	}
	layouts, rows = make([]*layoutFile, len(c.dictionary.Texts)), make([][]int32, len(c.dictionary.Texts))
	for row, n := range c.codes {
		if wanted == nil || wanted(row) {
			rows[n] = append(rows[n], int32(row))
		}
	}
	for n, text := range c.dictionary.Texts {
		if len(rows[n]) == 0 {
			continue
		}
		if layouts[n], err = g.layouts.of(text); err != nil {
			return nil, nil, err
		}
	}
	return layouts, rows, nil
}

// rest returns the texts of the leaves of a row that have no column.
func (g *rowGroup) rest(row int32) ([]string, error) {
	if g.rests == nil {
		g.rests = make([][]string, g.group.NumRows())
	}
	if g.rests[row] != nil {
		return g.rests[row], nil
	}
	text, err := g.whole(row)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal([]byte(text), &g.rests[row]); err != nil {
		return nil, fmt.Errorf("row %d: %w", row, err)
	}
	return g.rests[row], nil
}

// orderOf returns the skeleton of a row whose members come in another order than in
// its layout, else "".
func (g *rowGroup) orderOf(row int32) (string, error) {
	if _, ok := g.columns[orderColumn]; !ok {
		return "", nil
	}
	c, err := g.column(orderColumn)
	if err != nil || c.codes[row] == noText {
		return "", err
	}
	return c.dictionary.Texts[c.codes[row]], nil
}

// whole returns what a row has in the column for what has no column.
func (g *rowGroup) whole(row int32) (string, error) {
	if _, ok := g.columns[restColumn]; !ok {
		return "", errDamaged
	}
	c, err := g.column(restColumn)
	if err != nil {
		return "", err
	}
	if c.codes[row] == noText {
		return "", fmt.Errorf("row %d: %w", row, errDamaged)
	}
	return c.dictionary.Texts[c.codes[row]], nil
}

// leafColumn is a leaf of the rows of a layout.
type leafColumn struct {
	group *rowGroup
	rows  []int32
	kind  shape.Kind
	name  string // of its column
	rest  int    // where it is in the rest, if it has no column

	dictionary *evaluator.Dictionary
	codes      []uint32
}

// Kind implements evaluator.Column.
func (c *leafColumn) Kind() shape.Kind { return c.kind }

// Dictionary implements evaluator.Column.
func (c *leafColumn) Dictionary() (*evaluator.Dictionary, error) {
	if c.dictionary != nil {
		return c.dictionary, nil
	}
	if c.name == "" {
		return c.dictionary, c.readRest()
	}
	g, err := c.group.part(c.name)
	if err == nil {
		err = c.group.dictionaryOf(g)
	}
	if err != nil {
		return nil, err
	}
	c.dictionary = g.dictionary
	return g.dictionary, nil
}

// Codes implements evaluator.Column.
func (c *leafColumn) Codes() ([]uint32, error) {
	if c.codes != nil || len(c.rows) == 0 {
		return c.codes, nil
	}
	if c.name == "" {
		err := c.readRest()
		return c.codes, err
	}
	g, err := c.group.column(c.name)
	if err != nil {
		return nil, err
	}
	codes := make([]uint32, len(c.rows))
	for i, row := range c.rows {
		if codes[i] = g.codes[row]; codes[i] == noText {
			return nil, fmt.Errorf("column %q, row %d: %w", c.name, row, errDamaged)
		}
	}
	c.codes = codes
	return codes, nil
}

// Grams implements evaluator.Column. What cannot be read fails when the column is.
func (c *leafColumn) Grams() *evaluator.Grams {
	if c.name == "" {
		return nil
	}
	g, err := c.group.part(c.name)
	if err != nil {
		return nil
	}
	return g.grams
}

func (c *leafColumn) readRest() error {
	d := &evaluator.Dictionary{Texts: make([]string, len(c.rows))}
	c.codes = make([]uint32, len(c.rows))
	for i, row := range c.rows {
		rest, err := c.group.rest(row)
		if err != nil {
			return err
		}
		if c.rest >= len(rest) {
			return fmt.Errorf("row %d: %w", row, errDamaged)
		}
		d.Texts[i], c.codes[i] = rest[c.rest], uint32(i)
	}
	c.dictionary = d
	return nil
}

// leaves returns the columns of the leaves of a layout, nil for those without text.
func (g *rowGroup) leaves(l *layoutFile, rows []int32) []evaluator.Column {
	out := make([]evaluator.Column, len(l.kinds))
	columns := make([]leafColumn, len(l.kinds))
	rest := 0
	for i, kind := range l.kinds {
		if kind > shape.Bool {
			continue
		}
		c := &columns[i]
		*c = leafColumn{group: g, rows: rows, kind: kind, name: l.Columns[i], rest: rest}
		if c.name == "" {
			rest++
		}
		out[i] = c
	}
	return out
}
