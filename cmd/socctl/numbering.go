package main

import (
	"fmt"

	"github.com/socctl/socctl/evaluator/telemetry/batch"
)

// shift is one of records within a batch.
type shift struct {
	batch.Shift
	lines, hits int // how much of what the batch says is about records before it
}

// numberings are those of matches, and of what correlations are fed with.
type numberings struct{ lines, hits batch.Numbering }

// settle gives what a batch says the final numbers. Batches come in order.
func (n *numberings) settle(b *batchResult) {
	n.settleLines(&b.told, b.shifts)
	settle(&n.hits, len(b.hits), b.shifts, func(i int) {
		for k := range b.hits[i] {
			h := &b.hits[i][k]
			source, record, fingerprint := splitOrigin(h.Origin)
			if final := n.hits.Final(source, *record); final != *record {
				h.Origin = originText(final, fingerprint, source)
			}
		}
	})
}

// settleLines gives lines the final numbers of their records.
func (n *numberings) settleLines(told *matchText, shifts []shift) {
	if len(shifts) == 0 && n.lines.Settled() {
		return
	}
	pass := func(line int) {
		for len(shifts) > 0 && shifts[0].lines <= line {
			n.lines.Pass(shifts[0].Shift)
			shifts = shifts[1:]
		}
	}
	told.renumber(func(line int, source string, written int) int {
		pass(line)
		return n.lines.Final(source, written)
	})
	pass(len(told.numbers))
}

// settle goes through count things, and past each shift where it is among them.
func settle(n *batch.Numbering, count int, shifts []shift, number func(i int)) {
	for i := range count {
		for len(shifts) > 0 && shifts[0].hits <= i {
			n.Pass(shifts[0].Shift)
			shifts = shifts[1:]
		}
		number(i)
	}
	for _, s := range shifts {
		n.Pass(s.Shift)
	}
}

// originText is how a hit names its event.
func originText(record int, fingerprint, source string) string {
	return fmt.Sprintf("%d %s %s", record, fingerprint, source)
}
