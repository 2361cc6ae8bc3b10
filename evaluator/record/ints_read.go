package record

import (
	"errors"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding"
)

// rowInts tells which number of a column each row has, of those that were asked for.
type rowInts struct {
	numbers []int64 // of the rows that have one
	there   occupancy
}

// of returns the number of a row, zero if it has none.
func (c *rowInts) of(row int32) (n int64, there bool) {
	if c.there == nil {
		return c.numbers[row], true
	}
	at := c.there.rank(row)
	if at == noText {
		return 0, false
	}
	return c.numbers[at], true
}

// ints reads a column of numbers, as far as some rows need it, which are ascending; nil needs
// all.
func (g *rowGroup) ints(name string, wanted []int32) (*rowInts, error) {
	n := g.columns[name]
	c, err := g.chunkOf(g.number, n, g.reader)
	if err != nil {
		return nil, err
	}
	if c == nil || !c.numbers {
		return g.foreignInts(g.number, name)
	}
	out, err := g.chunkInts(c, g.rows, wanted)
	if err != nil {
		err = fmt.Errorf("column %s: %w", name, err)
	}
	return out, err
}

// chunkInts reads numbers of a column: of pages with rows that are wanted.
func (r *reader) chunkInts(c *chunk, rows int, wanted []int32) (*rowInts, error) {
	there, err := r.occupancyOf(c.pages, rows)
	if err != nil {
		return nil, err
	}
	out := &rowInts{there: there, numbers: r.roomForInts(c.values())}
	all, before := wanted == nil, 0
	for i := range c.pages {
		p := &c.pages[i]
		if !p.numbers {
			return nil, errDamaged
		}
		before += p.rows
		here := 0
		for here < len(wanted) && int(wanted[here]) < before {
			here++
		}
		wanted = wanted[here:]
		if !all && here == 0 {
			out.numbers = out.numbers[:len(out.numbers)+p.rows-p.nulls] // nobody asks for them
			continue
		}
		content, err := r.scratch(p)
		if err != nil {
			return nil, err
		}
		from, end := len(out.numbers), len(out.numbers)+p.rows-p.nulls
		read, err := parquet.DeltaBinaryPacked.DecodeInt64(out.numbers[from:from:end], content) // in place, as it is now
		if err != nil {
			return nil, err
		}
		if len(read) != end-from {
			return nil, errDamaged
		}
		out.numbers = append(out.numbers, read...) // wherever they are
	}
	return out, nil
}

// foreignInts is ints of columns that are read by way of the parquet package.
func (t *table) foreignInts(number int, name string) (*rowInts, error) {
	file, err := t.opened()
	if err != nil {
		return nil, err
	}
	group := file.RowGroups()[number]
	rows := int(group.NumRows())
	var numbers []int64
	there := make([]bool, 0, rows)
	err = eachPage(group.ColumnChunks()[t.columns[name]], func(p parquet.Page) error {
		if data := p.Data(); p.Dictionary() == nil && data.Kind() == encoding.Int64 {
			var err error
			numbers, there, err = appendInts(numbers, there, data.Int64(), p)
			return err
		}
		values := make([]parquet.Value, 1024)
		for reader := p.Values(); ; {
			n, err := reader.ReadValues(values)
			for _, v := range values[:n] {
				there = append(there, !v.IsNull())
				switch {
				case v.IsNull():
				case v.Kind() == parquet.Int32:
					numbers = append(numbers, int64(v.Int32()))
				default:
					numbers = append(numbers, v.Int64())
				}
			}
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
		}
	})
	if err == nil && len(there) != rows {
		err = fmt.Errorf("column %s has %d rows of %d", name, len(there), rows)
	}
	return &rowInts{numbers, occupancyIn(len(there), func(row int) bool { return there[row] })}, err
}

// appendInts appends the numbers of a page, and which of its rows have one.
func appendInts(numbers []int64, there []bool, values []int64, p parquet.Page) ([]int64, []bool, error) {
	before := len(numbers)
	numbers = append(numbers, values...)
	if p.NumNulls() == 0 {
		if int64(len(values)) != p.NumValues() {
			return nil, nil, errDamaged
		}
		for range values {
			there = append(there, true)
		}
		return numbers, there, nil
	}
	for _, level := range p.DefinitionLevels() {
		if there = append(there, level > 0); level > 0 {
			before++
		}
	}
	if before != len(numbers) {
		return nil, nil, errDamaged
	}
	return numbers, there, nil
}
