package main

import (
	"fmt"

	"github.com/socctl/socctl/evaluator/telemetry/batch"
)

// shift is one of records within a batch.
type shift struct {
	batch.Shift
	events, hits int // how much of what the batch says is about records before it
}

// numberings are those of matches, and of what correlations are fed with.
type numberings struct{ events, hits batch.Numbering }

// settle gives what a batch says the final numbers. Batches come in order.
func (n *numberings) settle(b *batchResult) {
	settle(&n.events, len(b.told.events), b.shifts, func(s shift) int { return s.events }, func(i int) {
		e := &b.told.events[i]
		e.final = n.events.Final(e.source, e.written)
	})
	b.told.settle()
	settle(&n.hits, len(b.hits), b.shifts, func(s shift) int { return s.hits }, func(i int) {
		for k := range b.hits[i] {
			h := &b.hits[i][k]
			source, record, fingerprint := splitOrigin(h.Origin)
			if final := n.hits.Final(source, *record); final != *record {
				h.Origin = originText(final, fingerprint, source)
			}
		}
	})
}

// settle goes through count things, and past each shift where it is among them.
func settle(n *batch.Numbering, count int, shifts []shift, place func(shift) int, number func(i int)) {
	for i := range count {
		for len(shifts) > 0 && place(shifts[0]) <= i {
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
