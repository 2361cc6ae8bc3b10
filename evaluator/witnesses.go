package evaluator

import "github.com/socctl/socctl/compiler"

// witness returns predicates of which one holds on every event that the
// detection of a rule matches, so that what filters suppress is found as well:
// those that are the least likely to hold. False means that there are none that an
// event's values decide.
func (t *tables) witness(r *compiler.Rule) ([]int32, bool) {
	if _, ok := t.lightest(r.Detection); !ok {
		return nil, false
	}
	return ascending(t.witnesses(nil, r.Detection)), true
}

// lightest estimates how often one of the witnesses of an expression holds: those
// of the rarest part of a conjunction, of all parts of a disjunction.
func (t *tables) lightest(e *compiler.Expr) (weight float64, ok bool) {
	switch e.Op {
	case compiler.Leaf:
		// Presence wakes nothing.
		return likelihood(&t.program.Predicates[e.Atom]), t.atoms[e.Atom].kind == byValue
	case compiler.Not:
		if inner := e.Args[0]; inner.Op == compiler.Not {
			return t.lightest(inner.Args[0])
		}
		return 0, false
	case compiler.And:
		for _, arg := range e.Args {
			if w, found := t.lightest(arg); found && (!ok || w < weight) {
				weight, ok = w, true
			}
		}
		return weight, ok
	}
	for _, arg := range e.Args {
		w, found := t.lightest(arg)
		if !found {
			return 0, false
		}
		weight += w
	}
	return weight, true
}

// witnesses appends those of an expression for which lightest has found some.
func (t *tables) witnesses(to []int32, e *compiler.Expr) []int32 {
	switch e.Op {
	case compiler.Leaf:
		return append(to, int32(e.Atom))
	case compiler.Not:
		return t.witnesses(to, e.Args[0].Args[0])
	case compiler.And:
		var best *compiler.Expr
		least := 0.0
		for _, arg := range e.Args {
			if w, found := t.lightest(arg); found && (best == nil || w < least) {
				best, least = arg, w
			}
		}
		return t.witnesses(to, best)
	}
	for _, arg := range e.Args {
		to = t.witnesses(to, arg)
	}
	return to
}

// likelihoods are those of texts by their length.
var likelihoods = func() (out [13]float64) {
	for i := range out {
		if out[i] = 1; i > 0 {
			out[i] = out[i-1] * 0.6
		}
	}
	return out
}()

// likelihood estimates how often a predicate holds on events that have its
// field: the longer a text, the rarer it is; numbers such as those of events are
// common, and nothing is known of an expression.
func likelihood(p *compiler.Predicate) float64 {
	switch p.Op {
	case compiler.OpText:
		n := 0
		for _, part := range p.Pattern.Parts() {
			n += max(1, len(part.Text))
		}
		return likelihoods[min(n, len(likelihoods)-1)]
	case compiler.OpCIDR:
		return 0.3
	case compiler.OpNumber, compiler.OpBool:
		return 0.2
	case compiler.OpRegex:
		return 0.1
	}
	return 0.5
}
