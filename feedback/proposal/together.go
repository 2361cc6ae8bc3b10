package proposal

import (
	"fmt"

	"github.com/socctl/socctl/feedback/tuning"
)

// together holds what all proposals of a rule hide against the guards that ask how much a
// clause leaves of it: each may leave enough, and all of them nothing.
func (r *Rule) together() {
	if len(r.Proposals) < 2 {
		return
	}
	hidden := r.covered.Count()
	share := float64(hidden) / float64(max(1, r.Fires))
	text := fmt.Sprintf("all %d proposals together hide %d of %d events that the rule fires on, with %d events known that must stay", len(r.Proposals), hidden, r.Fires, r.Protected)
	if tuning.Gutted(share, r.Protected) {
		r.fail("G6", share, text+": rather change its level, correlate or retire it, or take some of them")
		r.sound = r.corpus.NewRows()
	}
	if hidden == r.Fires {
		r.fail("G10", share, text)
	}
}

// fail fails a guard of every proposal, which is for a person then.
func (r *Rule) fail(guard string, number float64, text string) {
	for i := range r.Proposals {
		p := &r.Proposals[i]
		p.Lane = tuning.Review
		for k := range p.Checks {
			if c := &p.Checks[k]; c.Guard == guard && c.Passed {
				c.Passed, c.Number, c.Text = false, number, text
			}
		}
	}
}
