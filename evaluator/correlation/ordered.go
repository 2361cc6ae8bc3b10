package correlation

import (
	"slices"

	"github.com/socctl/socctl/compiler"
)

// link is the end of a chain of entries that fill the first inputs of an
// ordered correlation, one each, in their order.
type link struct {
	entry *entry
	start int64 // time of the chain's first entry
	back  *link
}

// ordered extends chains by an entry. Of all chains up to an input only the one
// that starts latest matters: it leaves the window last. A chain that ends with
// the last input and starts inside the window fulfils the condition (D53).
func (n *node) ordered(g *group, e *entry) {
	if g.chain == nil {
		g.chain = make([]*link, len(n.c.Inputs))
	}
	complete := func() bool {
		end := g.chain[len(g.chain)-1]
		return end != nil && end.start >= before(e.at, n.span)
	}
	if !complete() {
		g.armed = true
	}
	switch e.input {
	case 0:
		g.chain[0] = &link{entry: e, start: e.at}
	default:
		back := g.chain[e.input-1]
		if back != nil && back.entry.place != e.place {
			g.chain[e.input] = &link{entry: e, start: back.start, back: back}
		}
	}
	holds := complete()
	if holds && g.armed {
		n.alert(g, e, compiler.Number{}, chainContributors(g.chain[len(g.chain)-1]))
	}
	g.armed = !holds
}

func chainContributors(end *link) []*Contributor {
	var out []*Contributor
	for l := end; l != nil; l = l.back {
		out = append(out, l.entry.from)
	}
	slices.Reverse(out)
	return out
}
