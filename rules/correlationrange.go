package rules

import (
	"math"
	"strconv"
	"strings"
)

// bounds are the numbers that the comparisons of a condition leave.
type bounds struct {
	low, high         float64
	lowOpen, highOpen bool    // low and high themselves are out
	except            float64 // of neq; NaN without
}

// boundsOf understates what it cannot read: hexadecimal and octal integers are
// not worth the trouble.
func boundsOf(operators []Operator) bounds {
	b := bounds{low: math.Inf(-1), high: math.Inf(1), except: math.NaN()}
	for _, op := range operators {
		v, err := strconv.ParseFloat(op.Value.Text, 64)
		if err != nil {
			continue
		}
		switch name := op.Name.Text; name {
		case "gt", "gte":
			b.atLeast(v, name == "gt")
		case "lt", "lte":
			b.atMost(v, name == "lt")
		case "eq":
			b.atLeast(v, false)
			b.atMost(v, false)
		case "neq":
			b.except = v
		}
	}
	return b
}

func (b *bounds) atLeast(v float64, open bool) {
	if v > b.low || v == b.low && open {
		b.low, b.lowOpen = v, open
	}
}

func (b *bounds) atMost(v float64, open bool) {
	if v < b.high || v == b.high && open {
		b.high, b.highOpen = v, open
	}
}

func (b bounds) empty() bool {
	return b.low > b.high || b.low == b.high && (b.lowOpen || b.highOpen || b.low == b.except)
}

// belowOne is true if nothing is left but what no count can be.
func (b bounds) belowOne() bool {
	return b.high < 1 || b.high == 1 && b.highOpen
}

// holdCount is true if a whole number from 1 to most is left.
func (b bounds) holdCount(most float64) bool {
	n := max(1, math.Ceil(b.low))
	if n == b.low && b.lowOpen {
		n++
	}
	if n == b.except {
		n++
	}
	return n <= most && (n < b.high || n == b.high && !b.highOpen)
}

// lintRange looks for conditions that no number meets.
func (p *parser) lintRange(c *Correlation) {
	if len(c.Operators) == 0 || c.Type.Text == "temporal_ordered" {
		return
	}
	at := c.Operators[len(c.Operators)-1].Value.Span
	left, most := boundsOf(c.Operators), math.Inf(1)
	if c.Type.Text == "temporal" && len(c.Rules) > 0 {
		most = float64(len(c.Rules))
	}
	counts := c.Type.Text == "temporal" || strings.HasSuffix(c.Type.Text, "_count")
	switch {
	case left.empty():
		p.warnf("correlation/contradiction", at, "no number meets all comparisons of the condition, so the correlation never fires", "check the bounds")
	case counts && left.belowOne():
		p.warnf("correlation/empty-group", at, "the condition asks for a count below 1; a group exists only once an event is in it, so it never fires", "the absence of events cannot be detected")
	case counts && !left.holdCount(math.Inf(1)):
		p.warnf("correlation/contradiction", at, "no count meets the condition, so the correlation never fires", "counts are whole numbers from 1; check the bounds")
	case counts && !left.holdCount(most):
		p.warnf("correlation/contradiction", at, "the condition asks for more rules than the correlation has, so it never fires", "a temporal correlation counts the different rules that match, not their matches; event_count counts those")
	}
}
