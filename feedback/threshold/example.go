package threshold

import (
	"slices"

	"github.com/socctl/socctl/feedback"
)

// Examples returns two windows that show what a point does: the events of an alert that
// it still raises for one that must stay, and those of the largest window that was no
// attack and is not raised any more. They are indices into Hits, in the order of the
// events; nil without any.
func (in *Input) Examples(p *Point) (attack, benign []int) {
	w := newWeighing(in)
	most := 0
	v := w.parted(&p.grouping)
	for g, s := range v.groups {
		for _, st := range s.steps(int64(p.span), w.distinct()) {
			switch class := v.overlapping(g, st); {
			case class == feedback.Protected && st.from < p.Threshold && p.Threshold <= st.to && attack == nil:
				attack = s.numbers(st)
			case class == feedback.Supporting && st.to < p.Threshold && st.to > most:
				most, benign = st.to, s.numbers(st)
			}
		}
	}
	return attack, benign
}

// overlapping returns what the alerts that a window stands for were found to be, the
// safest if they differ.
func (v *parted) overlapping(g int, st step) (class feedback.Class) {
	for a, stands := range v.sharing(g, st) {
		if stands {
			class = max(class, a.class)
		}
	}
	return class
}

// numbers returns the hits of a window, each once.
func (s *series) numbers(st step) (out []int) {
	for _, e := range s.entries[st.lo : st.hi+1] {
		out = append(out, e.number)
	}
	return slices.Compact(out)
}
