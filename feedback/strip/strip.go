package main

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/feedback/tuning"
	"github.com/socctl/socctl/rules/logsource"
)

// subject is a rule with exclusions, and what it would fire on without them. Rows
// are of the corpus of its logsource.
type subject struct {
	rule      *compiler.Rule
	input     tuning.Rule
	corpus    *tuning.Corpus
	removable tuning.Rows         // what the exclusions hide
	protected tuning.Rows         // what the rule fires on still
	pool      tuning.Rows         // events of other rules of the logsource
	vetted    []map[string]string // events that are known to be what the rule is for
}

// subjects returns the rules that exclusions matter for: something is hidden in two
// sources at least.
func (c *collector) subjects() []*subject {
	texts := make([][]string, len(c.program.Rules))
	for i, r := range c.program.Rules {
		texts[i] = excludedTexts(c.program, r)
	}
	of := make([][]*hit, len(c.program.Rules)) // fires without exclusions
	bySource := map[string][]*hit{}
	fields := map[string][]string{}
	for _, r := range c.program.Rules {
		if e := withoutExclusions(r.Expr); e != nil {
			fields[sourceOf(r)] = append(fields[sourceOf(r)], constrained(c.program, e)...)
		}
	}
	for _, h := range c.hits {
		seen := map[string]bool{}
		for _, n := range h.stripped {
			of[n] = append(of[n], h)
			if s := sourceOf(c.program.Rules[n]); !seen[s] {
				seen[s] = true
				bySource[s] = append(bySource[s], h)
			}
		}
	}
	corpora := map[string]*tuning.Corpus{}
	var out []*subject
	for n, r := range c.program.Rules {
		if len(texts[n]) == 0 || !hidden(of[n], n) {
			continue
		}
		source := sourceOf(r)
		if corpora[source] == nil {
			corpora[source] = corpus(logsourceOf(r), fields[source], bySource[source])
		}
		e := withoutExclusions(r.Expr)
		s := &subject{rule: r, input: tuning.Rule{ID: r.ID, Title: r.Title, Constrained: constrained(c.program, e), Wanted: wanted(c.program, e)}, corpus: corpora[source]}
		s.removable, s.protected, s.pool = s.corpus.NewRows(), s.corpus.NewRows(), s.corpus.NewRows()
		for _, h := range of[n] {
			if slices.Contains(h.whole, n) {
				s.protected.Add(s.corpus.Row(h.event.Fingerprint))
			} else {
				s.removable.Add(s.corpus.Row(h.event.Fingerprint))
			}
		}
		for _, h := range c.vetted {
			if slices.Contains(h.whole, n) {
				s.vetted = append(s.vetted, h.event.Values)
			}
		}
		for _, h := range bySource[source] {
			if c.sibling(h, n, texts) {
				s.pool.Add(s.corpus.Row(h.event.Fingerprint))
			}
		}
		out = append(out, s)
	}
	return out
}

// hidden reports whether the exclusions of a rule hide something in two sources.
func hidden(hits []*hit, n int) bool {
	sources := map[string]bool{}
	for _, h := range hits {
		if !slices.Contains(h.whole, n) {
			sources[h.event.Source] = true
		}
	}
	return len(sources) >= 2
}

func corpus(source logsource.Logsource, fields []string, hits []*hit) *tuning.Corpus {
	b := tuning.NewBuilder(logsource.Default(), source, fields)
	for _, h := range hits {
		b.Add(h.event)
	}
	return b.Corpus()
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
	parts              [3][2]int // removable and protected events of each part
	clauses            []tuning.Calibrated
	took               time.Duration
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
	began := time.Now()
	o := outcome{subject: s, seed: seed}
	var parts [3]tuning.Rows
	for i := range parts {
		parts[i] = s.corpus.NewRows()
	}
	for row := range s.corpus.Len() {
		parts[partOf(seed, s.corpus.Source(row))].Add(row)
	}
	for i, p := range parts {
		o.parts[i] = [2]int{s.removable.And(p).Count(), s.protected.And(p).Count()}
	}
	if o.parts[testPart][0] == 0 || o.parts[learnPart][0] == 0 {
		return o
	}
	o.removable, o.protected = o.parts[testPart][0], o.parts[testPart][1]
	pool := s.pool.And(s.pool)
	pool.Minus(parts[testPart])
	in := &tuning.Input{Rule: s.input, Corpus: s.corpus, Removable: s.removable, Protected: s.protected, Pool: pool,
		Trials: []tuning.Trial{{Learn: parts[learnPart], Unseen: parts[calibratePart]}}}
	if policy.Rounds > 0 {
		in.Trials = tuning.Trials(&policy, s.corpus, in.Known(), s.removable, s.protected, s.rule.ID)
	}
	o.clauses = tuning.Tune(policy, in)
	hides := s.corpus.NewRows()
	for _, k := range o.clauses {
		hides.Join(s.corpus.Covered(k.Clause))
	}
	hides = hides.And(parts[testPart])
	o.removed, o.lost = hides.And(s.removable).Count(), hides.And(s.protected).Count()
	for _, values := range s.vetted {
		o.vetted++
		if slices.ContainsFunc(o.clauses, func(k tuning.Calibrated) bool { return k.Clause.Matches(values) }) {
			o.vettedLost++
		}
	}
	o.took = time.Since(began)
	return o
}

// summary is a policy over all splits.
type summary struct {
	splits, proposing  int
	removable, removed int
	mean               float64
	protected, lost    int
	vetted, vettedLost int
	vettedRules        int
	rules              int
}

func summarise(all []outcome) summary {
	var s summary
	rules := map[*subject]bool{}
	for _, o := range all {
		if o.removable == 0 {
			continue
		}
		if !rules[o.subject] && o.vetted > 0 {
			s.vettedRules++
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
	return fmt.Sprintf("%d rules, %d splits, %d propose; removed %d of %d: %.1f %% pooled, %.1f %% mean; protected lost %d of %d; vetted lost %d of %d (%d rules)",
		s.rules, s.splits, s.proposing, s.removed, s.removable, 100*pooled, 100*s.mean, s.lost, s.protected, s.vettedLost, s.vetted, s.vettedRules)
}
