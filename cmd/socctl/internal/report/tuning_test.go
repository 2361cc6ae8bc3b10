package report

import (
	"strings"
	"testing"

	"github.com/socctl/socctl/feedback/proposal"
)

// TestBoundsAreNotRoundedDown: a bound that is told is no smaller than the one that holds.
func TestBoundsAreNotRoundedDown(t *testing.T) {
	for bound, want := range map[float64]string{0.0501: "6 %", 0.05: "5 %", 0.0449: "5 %", 0.01: "1 %", 0.07: "7 %", 0.29: "29 %", 1: "100 %", 0: "0 %"} {
		p := &proposal.Proposal{Bound: bound, Error: 0.0075, Clusters: 50}
		if got := boundText(p); !strings.HasPrefix(got, "at most "+want+" of") || !strings.Contains(got, "wrong in 0.75 % of") {
			t.Errorf("%v: %s, want %s", bound, got, want)
		}
	}
}
