package record

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/shape"
)

// rowGroup is a row group that is being read: each column once, and only if it is
// needed.
type rowGroup struct {
	*table
	*reader
	number int // of the row group in its file
	first  int // of its rows in the file
	rows   int
	read   map[string]*groupColumn
	shared []*leafColumn // by number, see layouts
	leafs  uint32        // how many were made
	rests  [][]string    // by row, once they are needed
	late   error         // what failed when a leaf was read
}

// group returns a row group of which nothing was read yet.
func (t *table) group(number int, with *reader) rowGroup {
	first := 0
	for _, before := range t.footer.groups[:number] {
		first += before.rows
	}
	return rowGroup{table: t, reader: with, number: number, first: first, rows: t.footer.groups[number].rows, read: map[string]*groupColumn{}}
}

// groupColumn is a column of a row group, as far as it was read.
type groupColumn struct {
	dictionary *evaluator.Dictionary
	codes      *rowCodes

	name  string
	chunk *chunk // nil for columns that are read by way of the parquet package
	texts *texts
	lines *evaluator.Lines // nil if they are not known
	asked bool             // whether lines are known
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
	chunk, err := g.chunkOf(g.number, n, g.reader)
	if err != nil {
		return nil, err
	}
	c := &groupColumn{name: name, chunk: chunk}
	if c.chunk != nil && c.chunk.numbers {
		c.chunk = nil // of which texts can be made nevertheless
	}
	g.read[name] = c
	return c, nil
}

// coded returns a column with its rows, of which the texts may not be needed.
func (g *rowGroup) coded(name string) (*groupColumn, error) {
	c, err := g.part(name)
	if err == nil {
		err = g.rowsOf(c)
	}
	return c, err
}

// column returns a column with its dictionary and its rows.
func (g *rowGroup) column(name string) (*groupColumn, error) {
	c, err := g.part(name)
	if err == nil {
		err = g.dictionaryOf(c)
	}
	if err == nil {
		err = g.rowsOf(c)
	}
	return c, err
}

// full is column of one that every row has a text in.
func (g *rowGroup) full(name string) (*groupColumn, error) {
	c, err := g.column(name)
	if err == nil && c.codes.there != nil {
		err = fmt.Errorf("column %q: %w", name, errDamaged)
	}
	return c, err
}

// dictionaryOf reads the dictionary of a column.
func (g *rowGroup) dictionaryOf(c *groupColumn) (err error) {
	if c.dictionary != nil {
		return nil
	}
	if c.chunk != nil {
		c.texts, err = g.reader.chunkTexts(c.chunk, g.rows)
	} else {
		c.texts, err = g.texts(g.number, g.columns[c.name])
	}
	if err != nil {
		return fmt.Errorf("column %q: %w", c.name, err)
	}
	c.dictionary = &evaluator.Dictionary{Texts: c.texts.dictionary}
	if c.texts.codes != nil {
		c.codes = c.texts.codes
	}
	return nil
}

// rowsOf reads which texts the rows of a column have.
func (g *rowGroup) rowsOf(c *groupColumn) (err error) {
	switch {
	case c.codes != nil:
		return nil
	case c.chunk == nil:
		return g.dictionaryOf(c)
	}
	if c.codes, err = g.reader.chunkCodes(c.chunk, g.rows); err != nil {
		return fmt.Errorf("column %q: %w", c.name, err)
	}
	return nil
}

// layoutsOf returns the layouts of the rows that are wanted, and which of them have
// them; nil wants all.
func (g *rowGroup) layoutsOf(wanted func(row int) bool) (layouts []*layoutFile, rows [][]int32, err error) {
	c, err := g.coded(layoutColumn)
	if err != nil {
		return nil, nil, err
	}
	most := c.count()
	if most > g.rows {
		return nil, nil, errDamaged
	}
	rows = make([][]int32, most)
	count, total := make([]int, most), 0
	if c.codes.there != nil {
		return nil, nil, errDamaged
	}
	for row, n := range c.codes.codes {
		if wanted == nil || wanted(row) {
			count[n]++
			total++
		}
	}
	room := g.roomForRows(total)
	for n := range rows {
		rows[n] = room[:0:count[n]]
		room = room[count[n]:cap(room)]
	}
	for row, n := range c.codes.codes {
		if wanted == nil || wanted(row) {
			rows[n] = append(rows[n], int32(row))
		}
	}
	g.layouts.begin()
	layouts, err = g.layoutsIn(c, rows)
	return layouts, rows, err
}

// text returns the text of a row, "" if it has none.
func (c *groupColumn) text(row int32) string {
	code := c.codes.of(row)
	if code == noText {
		return ""
	}
	return c.dictionary.Text(code)
}

// count returns how many texts the column has.
func (c *groupColumn) count() int {
	if c.dictionary != nil {
		return len(c.dictionary.Texts)
	}
	return c.chunk.texts()
}

// rest returns the texts of the leaves of a row that have no column.
func (g *rowGroup) rest(row int32) ([]string, error) {
	if g.rests == nil {
		g.rests = make([][]string, g.rows)
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

// ordered divides rows into those whose members come as in their layout, and others.
func (g *rowGroup) ordered(rows []int32) (as, other []int32, err error) {
	if _, ok := g.columns[orderColumn]; !ok || len(rows) == 0 {
		return rows, nil, nil
	}
	c, err := g.coded(orderColumn)
	if err != nil {
		return nil, nil, err
	}
	others := 0
	for _, row := range rows {
		if c.codes.of(row) != noText {
			others++
		}
	}
	if others == 0 {
		return rows, nil, nil
	}
	room, same := g.roomForRows(len(rows)), len(rows)-others
	as, other = room[:0:same], room[same:same:len(rows)]
	for _, row := range rows {
		if c.codes.of(row) != noText {
			other = append(other, row)
		} else {
			as = append(as, row)
		}
	}
	return as, other, nil
}

// orderOf returns the skeleton of a row whose members come in another order than in
// its layout, else "".
func (g *rowGroup) orderOf(row int32) (string, error) {
	if _, ok := g.columns[orderColumn]; !ok {
		return "", nil
	}
	c, err := g.coded(orderColumn)
	if err != nil || c.codes.of(row) == noText {
		return "", err
	}
	if err := g.dictionaryOf(c); err != nil {
		return "", err
	}
	return c.text(row), nil
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
	if c.codes.of(row) == noText {
		return "", fmt.Errorf("row %d: %w", row, errDamaged)
	}
	return c.text(row), nil
}

// leafColumn is a leaf of layouts, or of the rows of one if it has no column.
type leafColumn struct {
	group *rowGroup
	kind  shape.Kind
	name  string // of its column
	grams *evaluator.Grams
	told  bool // grams was asked for
	order uint32
	part  *groupColumn // that is its column, once it was asked for

	rows       []int32 // ascending; those that a leaf without a column is of
	rest       int     // where it is in their rest
	dictionary *evaluator.Dictionary
}

// leafKey is what leaves of layouts with the same column have in common.
type leafKey struct {
	name string
	kind shape.Kind
}

// Kind implements evaluator.Column.
func (c *leafColumn) Kind() shape.Kind { return c.kind }

// Number implements evaluator.Column.
func (c *leafColumn) Number() uint32 { return c.order }

// column returns the column of a leaf that has one.
func (c *leafColumn) column() (g *groupColumn, err error) {
	if c.part == nil {
		c.part, err = c.group.part(c.name)
	}
	return c.part, err
}

// Dictionary implements evaluator.Column.
func (c *leafColumn) Dictionary() (*evaluator.Dictionary, error) {
	if c.dictionary != nil {
		return c.dictionary, nil
	}
	if c.name == "" {
		return c.dictionary, c.readRest()
	}
	g, err := c.column()
	if err == nil {
		err = c.group.lateDictionaryOf(g)
	}
	if err != nil {
		return nil, err
	}
	c.dictionary = g.dictionary
	return g.dictionary, nil
}

// Lines implements evaluator.Lined. Texts that were read anyway are as good.
func (c *leafColumn) Lines() (*evaluator.Lines, error) {
	if c.name == "" || c.dictionary != nil {
		return nil, nil
	}
	g, err := c.column()
	if err != nil || g.asked || g.dictionary != nil {
		return g.linesIfAny(), err
	}
	g.lines, err = c.group.linesOf(g)
	g.asked = err == nil
	return g.lines, err
}

func (c *groupColumn) linesIfAny() *evaluator.Lines {
	if c == nil {
		return nil
	}
	return c.lines
}

// AppendCodes implements evaluator.Column.
func (c *leafColumn) AppendCodes(to []uint32, rows []int32) ([]uint32, error) {
	return c.appendCodes(to, rows, nil)
}

// AppendMapped implements evaluator.Mapped.
func (c *leafColumn) AppendMapped(to []uint32, rows []int32, through []uint32) ([]uint32, error) {
	return c.appendCodes(to, rows, through)
}

// appendCodes appends codes of rows, or what these are told to stand for, unless that is nil.
func (c *leafColumn) appendCodes(to []uint32, rows []int32, through []uint32) ([]uint32, error) {
	if len(rows) == 0 {
		return to, nil
	}
	if c.name == "" {
		return c.appendRest(to, rows, through)
	}
	g, err := c.column()
	if err == nil {
		err = c.group.rowsOf(g)
	}
	if err != nil {
		return to, err
	}
	to = slices.Grow(to, len(rows))
	all := to[:len(to)+len(rows)]
	if n := g.codes.copy(all[len(to):], rows, through); n < len(rows) {
		return to, fmt.Errorf("column %q, row %d: %w", c.name, rows[n], errDamaged)
	}
	return all, nil
}

// appendRest is appendCodes of a leaf without a column.
func (c *leafColumn) appendRest(to []uint32, rows []int32, through []uint32) ([]uint32, error) {
	if _, err := c.Dictionary(); err != nil {
		return to, err
	}
	for _, row := range rows {
		at, found := slices.BinarySearch(c.rows, row)
		if !found {
			return to, fmt.Errorf("row %d: %w", row, errDamaged)
		}
		code := uint32(at) // every row has its own text
		if through != nil {
			code = through[at]
		}
		to = append(to, code)
	}
	return to, nil
}

// Grams implements evaluator.Column. That they cannot be read is noted in late.
func (c *leafColumn) Grams() *evaluator.Grams {
	if c.told || c.name == "" {
		return c.grams
	}
	var err error
	c.grams, err = c.group.gramsOf(c.name)
	c.group.late, c.told = errors.Join(c.group.late, err), true
	return c.grams
}

func (c *leafColumn) readRest() error {
	d := &evaluator.Dictionary{Texts: make([]string, len(c.rows))}
	for i, row := range c.rows {
		rest, err := c.group.rest(row)
		if err != nil {
			return err
		}
		if c.rest >= len(rest) {
			return fmt.Errorf("row %d: %w", row, errDamaged)
		}
		d.Texts[i] = rest[c.rest]
	}
	c.dictionary = d
	return nil
}

// leaves returns the columns of the leaves of a layout, nil for those without text.
func (g *rowGroup) leaves(l *layoutFile, rows []int32) []evaluator.Column {
	out := g.roomForColumns(len(l.kinds))
	rest := 0
	for i, kind := range l.kinds {
		switch name := l.Columns[i]; {
		case kind > shape.Bool:
		case name == "":
			out[i] = g.leaf(leafColumn{kind: kind, rows: rows, rest: rest})
			rest++
		default:
			n := l.leaves[i]
			if n >= len(g.shared) {
				g.shared = append(g.shared, make([]*leafColumn, max(n+1, len(g.layouts.numbers))-len(g.shared))...)
			}
			if g.shared[n] == nil {
				g.shared[n] = g.leaf(leafColumn{kind: kind, name: name})
			}
			out[i] = g.shared[n]
		}
	}
	return out
}

// leaf makes a leaf of the group.
func (g *rowGroup) leaf(c leafColumn) *leafColumn {
	c.group, c.order = g, g.leafs
	g.leafs++
	leaf := g.roomForLeaf()
	*leaf = c
	return leaf
}
