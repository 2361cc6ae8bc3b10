package main

import (
	"context"
	"path/filepath"
	"slices"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/feedback/tuning"
	"github.com/socctl/socctl/rules/logsource"
)

// hit is an event on which a rule fires, with or without its exclusions.
type hit struct {
	event    *tuning.Event
	stripped []int // rules, by number, that fire without their exclusions
	whole    []int // rules that fire as they are
}

// alteration makes a rule fire on more events. It returns the expression that does, nil
// to leave the rule out, and what was taken away, nil for nothing.
type alteration func(p *compiler.Program, r *compiler.Rule) (wider, gone *compiler.Expr)

// collector replays recordings against the rules as they are and as they would be
// without what an alteration takes away: their exclusions, or a part of what they want.
type collector struct {
	program    *compiler.Program
	wider      []*compiler.Expr // of each rule; nil without it
	gone       [][]string       // texts in what was taken away, folded and sorted
	names      [][]string       // texts by which a rule would tell of what was taken from another
	number     map[string]int   // of a rule, by its hash and id
	normaliser *telemetry.Normaliser
	whole      *evaluator.Evaluator
	stripped   *evaluator.Evaluator
	seen       map[string]bool // fingerprints
	hits       []*hit
	vetted     []*hit // of recordings that show what rules are for
	events     int
}

// newCollector prepares a replay of rules without their exclusions.
func newCollector(p *compiler.Program) *collector {
	c := newAltered(p, func(_ *compiler.Program, r *compiler.Rule) (wider, gone *compiler.Expr) {
		return withoutExclusions(r.Expr), r.Expr
	})
	for i, r := range p.Rules {
		c.gone[i] = excludedTexts(p, r)
	}
	c.names = c.gone
	return c
}

// newAltered prepares a replay of altered rules. What any rule wants or excludes tells.
func newAltered(p *compiler.Program, alter alteration) *collector {
	c := &collector{program: p, number: map[string]int{}, normaliser: telemetry.NewNormaliser(logsource.Default()), seen: map[string]bool{}}
	for i, r := range p.Rules {
		c.number[key(r)] = i
	}
	c.whole = evaluator.New(p)
	c.wider, c.gone, c.names = make([]*compiler.Expr, len(p.Rules)), make([][]string, len(p.Rules)), make([][]string, len(p.Rules))
	for i, r := range p.Rules {
		var gone *compiler.Expr
		c.wider[i], gone = alter(p, r)
		c.gone[i], c.names[i] = texts(p, gone), texts(p, r.Expr)
	}
	c.stripped = evaluator.New(compiler.Rewritten(p, func(r *compiler.Rule) *compiler.Expr { return c.wider[c.number[key(r)]] }))
	return c
}

func key(r *compiler.Rule) string { return r.ID + r.Title + r.Source.Span.Path() }

// withoutExclusions returns an expression without the negated parts of its
// conjunctions; nil if nothing is left.
func withoutExclusions(e *compiler.Expr) *compiler.Expr {
	switch e.Op {
	case compiler.Not:
		return nil
	case compiler.Leaf:
		return e
	}
	out := *e
	out.Args = nil
	for _, a := range e.Args {
		if kept := withoutExclusions(a); kept != nil {
			out.Args = append(out.Args, kept)
		} else if e.Op == compiler.Or {
			return nil // an alternative that is an exclusion alone
		}
	}
	if len(out.Args) == 0 {
		return nil
	}
	return &out
}

// replay reads recordings below a folder. The source of an alert is its file.
func (c *collector) replay(root string, sources []string) error {
	for r, err := range telemetry.Read(context.Background(), sources, telemetry.ReadOptions{}) {
		if err != nil {
			if _, partial := err.(*telemetry.Problem); partial {
				continue // a damaged recording yields what can be read
			}
			return err
		}
		c.record(root, r)
	}
	return nil
}

// vet reads the recordings that come with rules. What they hold is taken out of
// what was replayed.
func (c *collector) vet(root string, sources []string) error {
	hits := c.hits
	c.hits, c.seen = nil, map[string]bool{}
	if err := c.replay(root, sources); err != nil {
		return err
	}
	c.vetted = c.hits
	c.hits = slices.DeleteFunc(hits, func(h *hit) bool { return c.seen[h.event.Fingerprint] })
	return nil
}

func (c *collector) record(root string, r telemetry.Record) {
	c.events++
	event := c.normaliser.Event(r)
	stripped := c.stripped.Match(event)
	if len(stripped) == 0 {
		return
	}
	fingerprint := event.Fingerprint()
	if c.seen[fingerprint] {
		return
	}
	c.seen[fingerprint] = true
	source, err := filepath.Rel(root, r.Source)
	if err != nil {
		source = r.Source
	}
	h := &hit{event: tuning.Observe(event, stripped[0].View, filepath.ToSlash(source))}
	for _, m := range stripped {
		h.stripped = append(h.stripped, c.number[key(m.Rule)])
	}
	for _, m := range c.whole.Match(event) {
		h.whole = append(h.whole, c.number[key(m.Rule)])
	}
	c.hits = append(c.hits, h)
}

// texts returns the literals of an expression, folded; none for nil.
func texts(p *compiler.Program, e *compiler.Expr) []string {
	var out []string
	if e == nil {
		return nil
	}
	e.Each(func(l *compiler.Expr) { out = append(out, compiler.Fold(p.Predicates[l.Atom].Pattern.String())) })
	slices.Sort(out)
	return slices.Compact(out)
}

// excludedTexts returns the literals of a rule's exclusions, folded.
func excludedTexts(p *compiler.Program, r *compiler.Rule) []string {
	var out []string
	var walk func(e *compiler.Expr, negated bool)
	walk = func(e *compiler.Expr, negated bool) {
		if e.Op == compiler.Leaf && negated {
			out = append(out, compiler.Fold(p.Predicates[e.Atom].Pattern.String()))
		}
		for _, a := range e.Args {
			walk(a, negated != (e.Op == compiler.Not))
		}
	}
	walk(r.Expr, false)
	slices.Sort(out)
	return slices.Compact(out)
}
