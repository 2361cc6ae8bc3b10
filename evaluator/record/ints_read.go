package record

import (
	"errors"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding"
)

// ints reads a column of numbers, zero where there is none.
func (g *rowGroup) ints(name string) (numbers []int64, there []bool, err error) {
	n := g.columns[name]
	c, err := g.chunkOf(g.number, n, g.reader)
	if err != nil {
		return nil, nil, err
	}
	if c != nil && c.numbers {
		numbers, there, err = g.chunkInts(c, g.rows)
		if err != nil {
			err = fmt.Errorf("column %s: %w", name, err)
		}
		return numbers, there, err
	}
	return g.foreignInts(g.number, name)
}

// chunkInts reads numbers of a column.
func (r *reader) chunkInts(c *chunk, rows int) (numbers []int64, there []bool, err error) {
	x := &texts{codes: r.roomForNumbers(rows)}
	all := r.roomForInts(rows)
	for i := range c.pages {
		p := &c.pages[i]
		if !p.numbers || p.rows-p.nulls > rows-len(all) {
			return nil, nil, errDamaged
		}
		content, err := r.scratch(p)
		if err != nil {
			return nil, nil, err
		}
		first := len(all)
		if r.wide, err = parquet.DeltaBinaryPacked.DecodeInt64(r.wide[:0], content); err != nil {
			return nil, nil, err
		}
		all = append(all, r.wide...)
		r.codes = r.codes[:0]
		for code := first; code < len(all); code++ {
			r.codes = append(r.codes, uint32(code))
		}
		if err := r.spread(x, p); err != nil {
			return nil, nil, err
		}
	}
	if err := x.check(rows); err != nil {
		return nil, nil, err
	}
	if numbers, there = all, make([]bool, rows); len(all) == rows {
		for row := range there {
			there[row] = true
		}
		return numbers, there, nil // every row has the next one
	}
	numbers = r.roomForInts(rows)[:rows]
	clear(numbers)
	for row, code := range x.codes {
		if code != noText {
			numbers[row], there[row] = all[code], true
		}
	}
	return numbers, there, nil
}

// foreignInts is ints of columns that are read by way of the parquet package.
func (t *table) foreignInts(number int, name string) (numbers []int64, there []bool, err error) {
	file, err := t.opened()
	if err != nil {
		return nil, nil, err
	}
	group := file.RowGroups()[number]
	rows := int(group.NumRows())
	numbers, there = make([]int64, 0, rows), make([]bool, 0, rows)
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
				number := int64(0)
				switch {
				case v.IsNull():
				case v.Kind() == parquet.Int32:
					number = int64(v.Int32())
				default:
					number = v.Int64()
				}
				numbers, there = append(numbers, number), append(there, !v.IsNull())
			}
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
		}
	})
	if err == nil && len(numbers) != rows {
		err = fmt.Errorf("column %s has %d rows of %d", name, len(numbers), rows)
	}
	return numbers, there, err
}

// appendInts appends the numbers of a page, which has those that are there.
func appendInts(numbers []int64, there []bool, values []int64, p parquet.Page) ([]int64, []bool, error) {
	if p.NumNulls() == 0 {
		if int64(len(values)) != p.NumValues() {
			return nil, nil, errDamaged
		}
		numbers = append(numbers, values...)
		for range values {
			there = append(there, true)
		}
		return numbers, there, nil
	}
	for _, level := range p.DefinitionLevels() {
		number := int64(0)
		if level > 0 {
			if len(values) == 0 {
				return nil, nil, errDamaged
			}
			number, values = values[0], values[1:]
		}
		numbers, there = append(numbers, number), append(there, level > 0)
	}
	return numbers, there, nil
}
