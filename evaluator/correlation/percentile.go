package correlation

import (
	"cmp"
	"math"

	"github.com/socctl/socctl/compiler"
)

// percentile interpolates between the two numbers next to rank p/100·(n-1) of
// the sorted numbers (D44).
type percentile struct {
	p      float64
	root   *numberNode
	random uint64
}

// numberNode is a node of a treap: a search tree over numbers that is a heap
// over random priorities, which keeps it balanced. It knows its size, so the
// number of a given rank is found from the root.
type numberNode struct {
	number      float64
	priority    uint64
	size        int
	left, right *numberNode
}

func (p *percentile) add(e *entry) {
	for _, v := range e.values {
		p.random = p.random*6364136223846793005 + 1442695040888963407
		low, high := split(p.root, v.number.Float(), false)
		p.root = join(join(low, &numberNode{number: v.number.Float(), priority: p.random, size: 1}), high)
	}
}

func (p *percentile) remove(e *entry) {
	for _, v := range e.values {
		low, rest := split(p.root, v.number.Float(), false)
		same, high := split(rest, v.number.Float(), true)
		p.root = join(low, join(join(same.left, same.right), high))
	}
}

func (p *percentile) value() (compiler.Number, bool) {
	n := sizeOf(p.root)
	if n == 0 {
		return compiler.Number{}, false
	}
	rank := p.p / 100 * float64(n-1)
	low := int(math.Floor(rank))
	a := p.root.rank(low)
	if b := min(low+1, n-1); b > low && rank > float64(low) {
		return compiler.FloatNumber(a + (p.root.rank(b)-a)*(rank-float64(low))), true
	}
	return compiler.FloatNumber(a), true
}

func sizeOf(t *numberNode) int {
	if t == nil {
		return 0
	}
	return t.size
}

func (t *numberNode) update() *numberNode {
	t.size = 1 + sizeOf(t.left) + sizeOf(t.right)
	return t
}

// split takes a tree apart into the numbers below x, with x if inclusive, and
// the others.
func split(t *numberNode, x float64, inclusive bool) (low, high *numberNode) {
	if t == nil {
		return nil, nil
	}
	if order := cmp.Compare(t.number, x); order < 0 || inclusive && order == 0 {
		t.right, high = split(t.right, x, inclusive)
		return t.update(), high
	}
	low, t.left = split(t.left, x, inclusive)
	return low, t.update()
}

// join puts two trees together, of which no number of a is above one of b.
func join(a, b *numberNode) *numberNode {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	case a.priority >= b.priority:
		a.right = join(a.right, b)
		return a.update()
	}
	b.left = join(a, b.left)
	return b.update()
}

// rank returns the k-th smallest number, from 0.
func (t *numberNode) rank(k int) float64 {
	for {
		switch left := sizeOf(t.left); {
		case k < left:
			t = t.left
		case k == left:
			return t.number
		default:
			k -= left + 1
			t = t.right
		}
	}
}
