package batch

import "testing"

// A line may hold more records than fit into a few bits.
func TestNumberingOfLongLines(t *testing.T) {
	t.Parallel()
	var n Numbering
	n.Pass(Shift{Source: "x", Line: 5, By: 2})
	for _, inner := range []int{0, 1, 10_000_000, 100_000_000} {
		if got := n.Final("x", Within(7, inner)); got != 9+inner {
			t.Errorf("record %d of its line: number %d", inner, got)
		}
	}
	if got := Within(1, 1<<40); got < 0 {
		t.Errorf("number %d", got)
	}
}
