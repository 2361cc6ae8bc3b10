package main

import (
	"crypto/sha256"
	"fmt"
	"slices"

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
	sources   int                 // that something is hidden in
}

// subjects returns the rules that what was taken away matters for: it hides something.
func (c *collector) subjects() []*subject {
	of := make([][]*hit, len(c.program.Rules)) // fires without exclusions
	bySource := map[string][]*hit{}
	fields := map[string][]string{}
	for n, r := range c.program.Rules {
		if e := c.wider[n]; e != nil {
			fields[sourceOf(r)] = append(fields[sourceOf(r)], tuning.Constrained(c.program, e)...)
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
		sources := hidden(of[n], n)
		if len(c.gone[n]) == 0 || sources == 0 {
			continue
		}
		source := sourceOf(r)
		if corpora[source] == nil {
			corpora[source] = corpus(logsourceOf(r), fields[source], bySource[source])
		}
		s := &subject{rule: r, input: tuning.RuleOf(c.program, r, c.wider[n]), corpus: corpora[source], sources: sources}
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
			if c.sibling(h, n) {
				s.pool.Add(s.corpus.Row(h.event.Fingerprint))
			}
		}
		out = append(out, s)
	}
	return out
}

// hidden counts the sources in which the exclusions of a rule hide something.
func hidden(hits []*hit, n int) int {
	sources := map[string]bool{}
	for _, h := range hits {
		if !slices.Contains(h.whole, n) {
			sources[h.event.Source] = true
		}
	}
	return len(sources)
}

func corpus(source logsource.Logsource, fields []string, hits []*hit) *tuning.Corpus {
	b := tuning.NewBuilder(logsource.Default(), source, fields)
	for _, h := range hits {
		b.Add(h.event)
	}
	return b.Corpus()
}

// sibling reports whether another rule of the logsource fires on an event, one that
// does not name what was taken from this one: such a rule would tell.
func (c *collector) sibling(h *hit, n int) bool {
	for _, k := range h.whole {
		if k != n && sourceOf(c.program.Rules[k]) == sourceOf(c.program.Rules[n]) && !overlap(c.gone[n], c.names[k]) {
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
