package compiler

import (
	"slices"
	"time"

	"github.com/socctl/socctl/rules"
)

// Recompile is Compile for a set that differs little from the one that earlier
// was compiled of, with the same options but for the time: rules that are written the same, and
// have the same filters, are taken over, so that the cost follows the change.
// The result differs from that of Compile only in the numbers of predicates, of
// which some may be of no rule any longer; they are dropped before they can
// become more than the others.
//
// A rule is known by the node that it was read from, see rules.Copy. Rules that
// something else than reading made, such as a pipeline, must have been made in
// the same way of the same nodes.
func Recompile(earlier *Program, set *rules.Set, o Options) (*Program, rules.Diagnostics) {
	return compile(set, &o, newReusable(earlier))
}

// reusable is what can be taken over from a program. A nil one has nothing.
type reusable struct {
	program *Program
	byNode  map[*rules.Node]*Rule
}

func newReusable(p *Program) *reusable {
	if p == nil || p.stale() {
		return nil
	}
	r := &reusable{program: p, byNode: make(map[*rules.Node]*Rule, len(p.Rules))}
	for _, rule := range p.Rules {
		if n := rule.Source.Node; n != nil && rule.faultless {
			r.byNode[n] = rule
		}
	}
	return r
}

// stale reports whether so many rules were compiled since everything was that
// more than half of the predicates may be of none any longer.
func (p *Program) stale() bool { return p.renewed > len(p.Rules)+16 }

// rule returns the rule that was compiled of the same source, nil if there is
// none.
func (r *reusable) rule(source *rules.Rule, now time.Time) *Rule {
	if r == nil || source.Invalid || source.Node == nil {
		return nil
	}
	known := r.byNode[source.Node]
	if known == nil || !slices.EqualFunc(known.Source.Filters, source.Filters, sameFilter) {
		return nil
	}
	for _, f := range source.Filters {
		if f.Expired(now) != f.Expired(r.program.now) {
			return nil
		}
	}
	out := *known
	out.Source = source
	return &out
}

// sameFilter reports whether two filters are the same document, valid or not.
func sameFilter(a, b *rules.Filter) bool {
	return a.Node != nil && a.Node == b.Node && a.Invalid == b.Invalid
}

// predicates returns those of the program, to which more can be appended.
func (r *reusable) predicates() []Predicate {
	if r == nil {
		return nil
	}
	return slices.Clip(r.program.Predicates)
}

// atoms returns the numbers of the predicates by their text.
func (r *reusable) atoms() map[string]int {
	if r == nil {
		return map[string]int{}
	}
	out := make(map[string]int, len(r.program.Predicates))
	for i := range r.program.Predicates {
		out[r.program.Predicates[i].text] = i
	}
	return out
}

// Rewritten returns a program of the rules of p with other expressions over the
// same predicates: those that rewrite returns, or without the rule where that is
// nil. Correlations are left out. It is for questions such as what rules would match
// without their exclusions; p does not change.
func Rewritten(p *Program, rewrite func(*Rule) *Expr) *Program {
	out := &Program{Predicates: p.Predicates}
	for _, r := range p.Rules {
		e := rewrite(r)
		if e == nil {
			continue
		}
		changed := *r
		changed.Expr, changed.Fields, changed.Witness, changed.faultless = e, nil, nil, false
		if r.Filters == nil || e != r.Expr {
			changed.Detection, changed.Filters = e, nil
		}
		out.finish(&changed)
		out.Rules = append(out.Rules, &changed)
	}
	return out
}
