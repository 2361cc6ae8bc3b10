package record

import (
	"slices"

	"github.com/socctl/socctl/evaluator"
)

// batch makes a batch of rows of one layout, whose members come in the order of the
// layout or in any.
func (g *groupReplay) batch(l *layoutFile, kind string, rows []int32, anyOrder bool) {
	if len(rows) == 0 {
		return
	}
	at := slices.IndexFunc(l.shapes, func(s kindShape) bool { return s.kind == kind })
	if at < 0 {
		at = len(l.shapes)
		l.shapes = append(l.shapes, kindShape{kind, g.shapeOf(l.Skeleton + "\x00" + kind)})
	}
	b := &evaluator.Batch{Shape: l.shapes[at].shape, Rows: rows, Leaves: g.leaves(l, rows), AnyOrder: anyOrder}
	b.Event = func(row int, t *evaluator.Trace) (evaluator.Routed, error) {
		return g.event(l, b.Leaves, int32(row), t)
	}
	g.batches = append(g.batches, b)
	if g.like == nil {
		g.like = map[*evaluator.Batch]*layoutFile{}
	}
	g.like[b] = l
}

// shapeOf returns the number of a shape, which layouts with other columns may share.
func (w *replayer) shapeOf(key string) int {
	shape, known := w.shapes[key]
	if !known {
		shape = len(w.shapes)
		w.shapes[key] = shape
	}
	return shape
}
