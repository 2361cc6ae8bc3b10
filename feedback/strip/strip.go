package main

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"sync"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/feedback/tuning"
	"github.com/socctl/socctl/rules/logsource"
)

// subject is a rule with exclusions, and what it would fire on without them.
type subject struct {
	rule     *compiler.Rule
	input    tuning.Rule
	alerts   []*tuning.Alert // removable: what the exclusions hide; protected: what the rule fires on still
	pool     []*tuning.Alert // events of other rules of the logsource
	vetted   []*tuning.Alert // events that are known to be what the rule is for
	excluded int
}

// subjects returns the rules that exclusions matter for: something is hidden in two
// sources at least.
func (c *collector) subjects() []*subject {
	texts := make([][]string, len(c.program.Rules))
	of := make([][]*hit, len(c.program.Rules)) // fires without exclusions
	bySource := map[string][]*hit{}
	for i, r := range c.program.Rules {
		texts[i] = excludedTexts(c.program, r)
	}
	for _, h := range c.hits {
		for _, n := range h.stripped {
			of[n] = append(of[n], h)
		}
		seen := map[string]bool{}
		for _, n := range h.whole {
			if s := sourceOf(c.program.Rules[n]); !seen[s] {
				seen[s] = true
				bySource[s] = append(bySource[s], h)
			}
		}
	}
	var out []*subject
	for n, r := range c.program.Rules {
		if len(texts[n]) == 0 || len(of[n]) == 0 {
			continue
		}
		s := &subject{rule: r, input: tuning.Rule{Logsource: logsourceOf(r), Constrained: constrained(c.program, withoutExclusions(r.Expr))}}
		sources := map[string]bool{}
		for _, h := range of[n] {
			a := *h.alert
			a.Label = tuning.Removable
			if slices.Contains(h.whole, n) {
				a.Label = tuning.Protected
			} else {
				sources[a.Source] = true
				s.excluded++
			}
			s.alerts = append(s.alerts, &a)
		}
		if len(sources) < 2 {
			continue
		}
		for _, h := range bySource[sourceOf(r)] {
			if c.sibling(h, n, texts) {
				s.pool = append(s.pool, h.alert)
			}
		}
		out = append(out, s)
	}
	return out
}

// sibling reports whether another rule of the logsource fires on an event, one that
// does not exclude what the stripped rule excludes: such a rule would tell.
func (c *collector) sibling(h *hit, n int, texts [][]string) bool {
	for _, k := range h.whole {
		if k != n && sourceOf(c.program.Rules[k]) == sourceOf(c.program.Rules[n]) && !overlap(texts[n], texts[k]) {
			return true
		}
	}
	return false
}

func overlap(a, b []string) bool {
	return slices.ContainsFunc(a, func(t string) bool { _, found := slices.BinarySearch(b, t); return found })
}

func sourceOf(r *compiler.Rule) string { return r.Category + "/" + r.Product + "/" + r.Service }

func logsourceOf(r *compiler.Rule) logsource.Logsource {
	return logsource.Logsource{Category: r.Category, Product: r.Product, Service: r.Service}
}

// The parts of a split.
const (
	learnPart = iota
	calibratePart
	testPart
)

// partOf puts a source in one of three parts, the same for all rules.
func partOf(seed int, source string) int {
	sum := sha256.Sum256([]byte(fmt.Sprintf("%d %s", seed, source)))
	return int(sum[0]) % 3
}

// development reports whether a rule belongs to those that the policy was chosen
// on: two fifths, by its id.
func development(r *compiler.Rule) bool {
	sum := sha256.Sum256([]byte("development " + r.ID))
	return sum[0] < 102
}

// outcome is what one policy did on one rule under one split.
type outcome struct {
	subject            *subject
	seed               int
	removable, removed int // in the test part
	protected, lost    int
	vetted, vettedLost int
	clauses            []tuning.Calibrated
}

// strip runs a policy on all subjects and splits; in parallel, with results in order.
func strip(policy tuning.Policy, subjects []*subject, seeds int) []outcome {
	out := make([]outcome, len(subjects)*seeds)
	var wg sync.WaitGroup
	next := make(chan int)
	for range 2 {
		wg.Go(func() {
			for i := range next {
				out[i] = one(policy, subjects[i/seeds], i%seeds)
			}
		})
	}
	for i := range out {
		next <- i
	}
	close(next)
	wg.Wait()
	return out
}

func one(policy tuning.Policy, s *subject, seed int) outcome {
	o := outcome{subject: s, seed: seed}
	parts := [3][]*tuning.Alert{}
	for _, a := range s.alerts {
		p := partOf(seed, a.Source)
		parts[p] = append(parts[p], a)
	}
	for _, a := range parts[testPart] {
		if a.Label == tuning.Removable {
			o.removable++
		} else {
			o.protected++
		}
	}
	learns := slices.ContainsFunc(parts[learnPart], func(a *tuning.Alert) bool { return a.Label == tuning.Removable })
	if o.removable == 0 || !learns {
		o.removable = 0
		return o
	}
	var pool []*tuning.Alert
	for _, a := range s.pool {
		if partOf(seed, a.Source) != testPart {
			pool = append(pool, a)
		}
	}
	o.clauses = tuning.Tune(policy, &tuning.Input{Rule: s.input, Table: logsource.Default(), Learn: parts[learnPart], Calibrate: parts[calibratePart], Pool: pool})
	hides := func(a *tuning.Alert) bool {
		return slices.ContainsFunc(o.clauses, func(c tuning.Calibrated) bool { return c.Clause.Matches(a.Values) })
	}
	for _, a := range parts[testPart] {
		switch {
		case !hides(a):
		case a.Label == tuning.Removable:
			o.removed++
		default:
			o.lost++
		}
	}
	for _, a := range s.vetted {
		o.vetted++
		if hides(a) {
			o.vettedLost++
		}
	}
	return o
}

// summary is a policy over all splits.
type summary struct {
	splits, proposing  int
	removable, removed int
	mean               float64
	protected, lost    int
	vetted, vettedLost int
	rules              int
}

func summarise(all []outcome) summary {
	var s summary
	rules := map[*subject]bool{}
	for _, o := range all {
		if o.removable == 0 {
			continue
		}
		rules[o.subject] = true
		s.splits++
		if len(o.clauses) > 0 {
			s.proposing++
		}
		s.removable, s.removed = s.removable+o.removable, s.removed+o.removed
		s.mean += float64(o.removed) / float64(o.removable)
		s.protected, s.lost = s.protected+o.protected, s.lost+o.lost
		s.vetted, s.vettedLost = s.vetted+o.vetted, s.vettedLost+o.vettedLost
	}
	s.rules = len(rules)
	if s.splits > 0 {
		s.mean /= float64(s.splits)
	}
	return s
}

func (s summary) String() string {
	pooled := 0.0
	if s.removable > 0 {
		pooled = float64(s.removed) / float64(s.removable)
	}
	return fmt.Sprintf("%d rules, %d splits, %d propose; removed %d of %d: %.1f %% pooled, %.1f %% mean; protected lost %d of %d; vetted lost %d of %d",
		s.rules, s.splits, s.proposing, s.removed, s.removable, 100*pooled, 100*s.mean, s.lost, s.protected, s.vettedLost, s.vetted)
}
