package evaluator

import (
	"bytes"

	"github.com/socctl/socctl/evaluator/shape"
)

// habit is what is known of how the texts of a leaf follow one another, in records of
// one plan. What it leads to is the same with any habit; only the way there is not.
type habit struct {
	last  []byte // the latest text, as it stood in the record, see habit.repeats
	mark  uint32 // of it, see escapedMark
	class uint32 // of it
	as    leafForm
	epoch uint32 // of the class, cut; 0 if there is none
	asked uint16 // texts that were looked up lately
	found uint16 // those of them that had been seen lately
	blind uint16 // texts that will not be looked up
	vain  uint8  // trials in a row in which hardly any was found
}

// Texts of a leaf are looked up for a while; if hardly any was seen before, many are not,
// which takes less than to look them up and to remember them in the place of others. The
// more often that was in vain, the more they are.
const (
	trial      = 1 << 9
	blindness  = 1 << 12
	mostVain   = 3          // trials after which that grows no more: twice as many each time
	worthwhile = trial / 16 // that are found in a trial
	maxLast    = 256        // bytes of a text that is kept
)

// habit returns that of the i-th leaf of a load.
func (l *load) habit(i int) *habit {
	if l.habits == nil {
		l.habits = make([]habit, max(1, len(l.leaves)))
	}
	return &l.habits[i]
}

// ask notes that a text is looked up, and after many of them whether the next ones are.
func (h *habit) ask() {
	if h.asked++; h.asked > trial {
		if h.found < worthwhile {
			h.blind, h.vain = blindness<<h.vain, min(h.vain+1, mostVain)
		} else {
			h.vain = 0
		}
		h.asked, h.found = 0, 0
	}
}

// repeats reports whether a text is the latest one again.
func (h *habit) repeats(raw []byte, mark uint32, epoch int) bool {
	return h.epoch == uint32(epoch) && h.mark == mark && bytes.Equal(h.last, raw)
}

// leafForm is how a text stands in a record.
type leafForm struct {
	kind    shape.Kind
	escaped bool
	form    uint8
}

func formOf(l *shape.Leaf) leafForm { return leafForm{l.Kind, l.Escaped, l.Form} }

// again is repeats for a leaf of a record, of the same load as the latest one.
func (h *habit) again(l *shape.Leaf, data []byte, epoch int) bool {
	return h.epoch == uint32(epoch) && int(l.End-l.Start) == len(h.last) && h.as == formOf(l) && string(data[l.Start:l.End]) == string(h.last)
}

// take remembers the latest text and its class. Among leaves of which any counts there
// are many that say the same for a long time.
func (h *habit) take(raw []byte, mark, class uint32, epoch int) {
	if len(raw) > maxLast || h.blind > 0 {
		h.epoch = 0
		return
	}
	h.last = append(h.last[:0], raw...)
	h.mark, h.class, h.epoch = mark, class, uint32(epoch)
}
