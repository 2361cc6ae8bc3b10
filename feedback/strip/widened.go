package main

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/socctl/socctl/compiler"
)

// Rules without exclusions were in no split. Of what such a rule wants, which are
// several things at once, one is left away: the rule is then too wide, as rules are that
// somebody wrote in a hurry. What it fires on besides is removable, what the rule as it
// was fires on has to stay.

// conjuncts are what an expression wants all of.
func conjuncts(e *compiler.Expr) []*compiler.Expr {
	if e.Op != compiler.And {
		return []*compiler.Expr{e}
	}
	var out []*compiler.Expr
	for _, a := range e.Args {
		out = append(out, conjuncts(a)...)
	}
	return out
}

// negates reports whether there is an exclusion in an expression.
func negates(e *compiler.Expr) bool {
	return e.Op == compiler.Not || slices.ContainsFunc(e.Args, negates)
}

// selectors say which events a rule is about, not what is in them. A rule without them
// would be about others.
var selectors = []string{"EventID", "Channel", "Provider_Name", "Provider", "Source", "Task", "Opcode", "Category", "EventType", "EventLog", "ServiceName"}

// widened leaves one of the parts of a rule away that say more than which events it is
// about. They are in an order that the id of the rule decides about, and nth says which
// one; rules with fewer than two, or that are not meant, stay as they are.
func widened(nth int, meant func(*compiler.Rule) bool) alteration {
	return func(p *compiler.Program, r *compiler.Rule) (wider, gone *compiler.Expr) {
		all := conjuncts(r.Expr)
		var at []int
		for i, e := range all {
			if tells(p, e) {
				at = append(at, i)
			}
		}
		if !meant(r) || len(at) < 2 || nth >= len(at) {
			return r.Expr, nil
		}
		rank := func(i int) float64 {
			return chance(fmt.Sprint("widened ", r.ID, " ", all[i].String(p.Predicates)))
		}
		slices.SortFunc(at, func(a, b int) int { return cmp.Compare(rank(a), rank(b)) })
		left := at[nth]
		return &compiler.Expr{Op: compiler.And, Args: slices.Delete(slices.Clone(all), left, left+1)}, all[left]
	}
}

// tells reports whether an expression is no exclusion and says more than which events it
// is about.
func tells(p *compiler.Program, e *compiler.Expr) bool {
	says := false
	e.Each(func(l *compiler.Expr) {
		q := &p.Predicates[l.Atom]
		says = says || !slices.Contains(selectors, q.Field) && q.Field != ""
	})
	return says && !negates(e)
}

// unexcluding are the rules that the widened benchmark is about.
func unexcluding(r *compiler.Rule) bool { return !negates(r.Expr) }

// rehearsed are rules for development, widened: on them policies may be chosen.
func rehearsed(r *compiler.Rule) bool { return negates(r.Expr) && development(r) }

// rehearsals is how many parts of a rule for development are left away, one at a time.
const rehearsals = 3

// rehearsal returns the rules for development, widened.
func (o *options) rehearsal(p *compiler.Program) ([]*subject, error) {
	var out []*subject
	for nth := range rehearsals {
		subjects, err := o.widen(p, nth, rehearsed, fmt.Sprintf(".rehearsal%d", nth))
		if err != nil {
			return nil, err
		}
		out = append(out, slices.DeleteFunc(firing(subjects), func(s *subject) bool { return s.removable.Count() > 3000 })...)
	}
	return out, nil
}

// widen replays the recordings against widened rules, or reads what an earlier run found.
func (o *options) widen(p *compiler.Program, nth int, meant func(*compiler.Rule) bool, suffix string) ([]*subject, error) {
	c := newAltered(p, widened(nth, meant))
	cache := ""
	if o.cache != "" {
		cache = o.cache + suffix
	}
	if err := c.read(o.data, cache); err != nil {
		return nil, err
	}
	return c.subjects(), nil
}

// firing are the subjects that something was taken from in two recordings and that fire
// as they were: where they do not, nothing can be lost.
func firing(all []*subject) []*subject {
	return slices.DeleteFunc(slices.Clone(all), func(s *subject) bool { return s.sources < 2 || s.protected.Count() == 0 })
}

// widenings measures policies, and the other tuner if it is there, on rules that no
// policy was chosen on and that were in no split.
func (o *options) widenings(w io.Writer, p *compiler.Program) error {
	c := newAltered(p, widened(0, unexcluding))
	cache := ""
	if o.cache != "" {
		cache = o.cache + ".widened"
	}
	if err := c.read(o.data, cache); err != nil {
		return err
	}
	subjects := firing(c.subjects())
	var all, known strings.Builder
	add := func(e experiment) {
		found := e.run(subjects, o.workers)
		all.WriteString(line(e.name, summarise(found)))
		known.WriteString(line(e.name, summarise(told(found))))
		if o.verbose {
			list(os.Stderr, e.name, found)
		}
	}
	for _, policy := range measured(o.only) {
		add(experiment{name: policy.Name, policy: policy, seeds: seeds})
	}
	if path, _, err := o.other(); err == nil {
		for _, v := range rivals(path, c) {
			if v.pool == 0 {
				add(experiment{name: "the other tool, " + v.name, seeds: seeds, rival: v})
			}
		}
	}
	fmt.Fprintf(w, "Rules without exclusions, widened:\n\n%s%s\nOnly splits in which a protected event is known:\n\n%s%s\n", header("policy"), all.String(), header("policy"), known.String())
	return nil
}
