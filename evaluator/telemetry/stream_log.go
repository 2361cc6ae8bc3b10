package telemetry

import "github.com/socctl/socctl/evaluator/telemetry/evtx"

// logLayouts numbers the layouts of unrendered records. Readers have layouts of their
// own, of which those with the same key are the same.
type logLayouts struct {
	structures structures // whose text is a key
	numbers    map[*evtx.Layout]int
	last       *evtx.Layout
	lastNumber int
}

// number returns the number of a layout, -1 if it is not remembered.
func (l *logLayouts) number(of *evtx.Layout) int {
	if of == l.last {
		return l.lastNumber
	}
	n, known := l.numbers[of]
	if !known {
		l.structures.text = append(l.structures.text[:0], of.Key()...)
		if n = l.structures.id(); n < 0 {
			return n
		}
		if l.numbers == nil || len(l.numbers) >= maxStructures {
			l.numbers = map[*evtx.Layout]int{} // readers that are gone need not be kept
		}
		l.numbers[of] = n
	}
	l.last, l.lastNumber = of, n
	return n
}
