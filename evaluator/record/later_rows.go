package record

import (
	"fmt"
	"slices"

	"github.com/socctl/socctl/evaluator"
)

// laterRows makes records of some rows of a file, which is read when one of them is asked
// for. It is for one goroutine.
type laterRows struct {
	dir  string
	file File
	rows []int32 // those that may be asked for

	made []func() (evaluator.Value, error) // by row; nil until one was asked for
	err  error                             // of reading
}

// record makes the record of a row.
func (l *laterRows) record(row int32) (evaluator.Value, error) {
	if l.made == nil && l.err == nil {
		l.err = l.read()
	}
	if l.err != nil {
		return evaluator.Value{}, l.err
	}
	if int(row) >= len(l.made) || l.made[row] == nil {
		return evaluator.Value{}, fmt.Errorf("row %d: %w", row, errDamaged)
	}
	return l.made[row]()
}

func (l *laterRows) read() error {
	t, err := openParts(nil, l.dir, l.file)
	if err != nil {
		return err
	}
	defer t.close() // what is read of it later opens it for a moment
	slices.Sort(l.rows)
	for i := range t.footer.groups {
		g := t.group(i, &reader{})
		made, err := g.made(func(row int) bool {
			_, wanted := slices.BinarySearch(l.rows, int32(g.first+row))
			return wanted
		})
		if err != nil {
			return fmt.Errorf("%s: %w", t.path, err)
		}
		l.made = append(l.made, made...)
	}
	return nil
}
