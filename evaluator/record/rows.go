package record

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/shape"
	"github.com/socctl/socctl/evaluator/telemetry"
)

// Row is an event of a recording as its source wrote it.
type Row struct {
	Record telemetry.Record
	Time   time.Time // of the event; zero if it tells none
	View   string    // names of its views, joined by +
}

// Records yields the records of a recording, file by file in the order of the
// manifest. An error of yield ends it. unread is told which file cannot be read, and
// why; what is left is yielded unless it returns an error. If it is nil, what cannot be read
// ends it.
func Records(dir string, unread func(File, error) error, yield func(Row) error) error {
	m, err := ReadManifest(dir)
	if err != nil {
		return err
	}
	for _, f := range m.Files {
		var ended error
		err := recordsOf(dir, f, func(r Row) error {
			ended = yield(r)
			return ended
		})
		if err = orChanged(dir, f, err); err != nil && ended == nil && unread != nil && !errors.Is(err, ErrChanged) {
			err = unread(f, err)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// recordsOf yields the records of one file.
func recordsOf(dir string, f File, yield func(Row) error) error {
	t, err := open(dir, f)
	if err != nil {
		return err
	}
	rows, r := 0, &reader{}
	for i := range t.footer.groups {
		g := t.group(i, r)
		n, err := g.eachRow(yield)
		if err != nil {
			return fmt.Errorf("%s: %w", t.path, err)
		}
		rows += n
	}
	if rows != f.Rows {
		return fmt.Errorf("%s: has %d rows, but the manifest says %d", t.path, rows, f.Rows)
	}
	return nil
}

// eachRow yields the records of a row group.
func (g *rowGroup) eachRow(yield func(Row) error) (int, error) {
	made, err := g.made(nil)
	if err != nil {
		return 0, err
	}
	beside, err := g.beside(nil)
	if err != nil {
		return 0, err
	}
	for row, make := range made {
		if make == nil {
			return row, errDamaged
		}
		r := beside.row(row)
		if r.Record.Value, err = make(); err != nil {
			return row, err
		}
		if err := yield(r); err != nil {
			return row, err
		}
	}
	return len(made), nil
}

// beside is what stands beside the leaves of rows.
type beside struct {
	sources, views *groupColumn
	index, times   *rowInts
}

// beside reads what stands beside some rows, which are ascending; nil stands for all.
func (g *rowGroup) beside(rows []int32) (*beside, error) {
	b := &beside{}
	var err error
	if b.sources, err = g.full(sourceColumn); err != nil {
		return nil, err
	}
	if b.views, err = g.full(viewColumn); err != nil {
		return nil, err
	}
	if b.index, err = g.ints(indexColumn, rows); err != nil {
		return nil, err
	}
	b.times, err = g.ints(timeColumn, rows)
	return b, err
}

func (b *beside) row(row int) Row {
	at := timeOf(b.times.of(int32(row)))
	index, _ := b.index.of(int32(row))
	// The year of a time without one follows from when its source was modified; so it
	// does from the time itself.
	return Row{telemetry.Record{Source: b.sources.text(int32(row)), Index: int(index), Modified: at}, at, b.views.text(int32(row))}
}

// made returns what makes the records of the rows that are wanted; nil wants all.
func (g *rowGroup) made(wanted func(row int) bool) ([]func() (evaluator.Value, error), error) {
	layouts, byLayout, err := g.layoutsOf(wanted)
	if err != nil {
		return nil, err
	}
	made := make([]func() (evaluator.Value, error), g.rows)
	for n, rows := range byLayout {
		if len(rows) > 0 {
			g.makers(layouts[n], rows, made)
		}
	}
	return made, nil
}

// makers notes how the records of rows of a layout are made.
func (g *rowGroup) makers(l *layoutFile, rows []int32, made []func() (evaluator.Value, error)) {
	if l.mould == nil {
		for _, row := range rows {
			made[row] = func() (evaluator.Value, error) { return g.wholeValue(row) }
		}
		return
	}
	leaves := g.leaves(l, rows)
	for _, row := range rows {
		made[row] = func() (evaluator.Value, error) { return g.value(l, leaves, row, nil) }
	}
}

// value makes the record of a row. With a trace, its leaves are read
// when they are needed; what fails then is noted in late.
func (g *rowGroup) value(l *layoutFile, leaves []evaluator.Column, row int32, t *evaluator.Trace) (evaluator.Value, error) {
	mould, order, err := g.mould(l, row)
	if err != nil {
		return evaluator.Value{}, err
	}
	text := func(leaf int) string {
		text, err := leaves[leaf].(*leafColumn).text(row)
		if err != nil {
			g.late = errors.Join(g.late, err)
		}
		return text
	}
	if t != nil {
		if order != nil {
			t.Number(order)
		}
		return mould.Traced(t, func(leaf int) string {
			if l.kinds[leaf] == shape.Number {
				return evaluator.NumberValue(text(leaf)).Text()
			}
			return text(leaf)
		}), g.late
	}
	as := func(leaf int) string { return g.kept(text(leaf)) }
	if order == nil {
		return mould.Record(as), g.late
	}
	mine := make([]int, len(order)) // leaf of the record -> of the layout
	for n, leaf := range order {
		mine[leaf] = n
	}
	return mould.Record(func(leaf int) string { return as(mine[leaf]) }), g.late
}

// kept returns a text that can be kept when the row group is no longer read.
func (g *rowGroup) kept(text string) string {
	if g.room == nil {
		return text
	}
	return strings.Clone(text)
}

func (g *rowGroup) wholeValue(row int32) (evaluator.Value, error) {
	text, err := g.whole(row)
	if err != nil {
		return evaluator.Value{}, err
	}
	v, ok := telemetry.DecodeJSON(g.kept(text))
	if !ok {
		return v, fmt.Errorf("row %d: %w", row, errDamaged)
	}
	return v, nil
}

// mould returns what makes the record of a row, and the order of its leaves if it is
// not that of the layout.
func (g *rowGroup) mould(l *layoutFile, row int32) (*telemetry.Mould, []int32, error) {
	skeleton, err := g.orderOf(row)
	if err != nil || skeleton == "" {
		return l.mould, nil, err
	}
	return l.mould.Reordered(skeleton)
}

// text returns the text of a row.
func (c *leafColumn) text(row int32) (string, error) {
	code, err := c.code(row)
	if err != nil {
		return "", err
	}
	lines, err := c.Lines()
	if err != nil {
		return "", err
	}
	if lines != nil {
		return lines.Text(int(code)), nil
	}
	d, err := c.Dictionary()
	if err != nil {
		return "", err
	}
	return d.Text(code), nil
}

// code is AppendCodes of one row, without memory for it.
func (c *leafColumn) code(row int32) (uint32, error) {
	if c.name == "" {
		one, err := c.appendRest(nil, []int32{row}, nil)
		if err != nil {
			return 0, err
		}
		return one[0], nil
	}
	g, err := c.column()
	if err == nil {
		err = c.group.rowsOf(g)
	}
	if err != nil {
		return 0, err
	}
	var one [1]uint32
	if g.codes.copy(one[:], []int32{row}, nil) == 0 {
		return 0, fmt.Errorf("column %q, row %d: %w", c.name, row, errDamaged)
	}
	return one[0], nil
}
