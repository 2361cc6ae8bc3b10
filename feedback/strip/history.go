package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/klauspost/compress/zstd"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/feedback/tuning"
	"github.com/socctl/socctl/rules"
)

// change is a commit that changed the exclusions of a rule and not what it wants.
type change struct {
	rule         string // id
	title        string
	before, past int // numbers of the rules before and after it in the Program
}

type pastRecord struct {
	Commit            string   `json:"commit"`
	RuleID            string   `json:"rule_id"`
	Title             string   `json:"title"`
	FiltersAdded      []string `json:"filters_added"`
	FiltersChanged    []string `json:"filters_changed"`
	SelectionsChanged []string `json:"selections_changed"`
	Before            string   `json:"before"`
	After             string   `json:"after"`
}

// history replays what people excluded over the years: what a rule fired on before
// a commit and no more after it was to be excluded.
func (o *options) history(w io.Writer, head *collector) error {
	set, changes, err := readHistory(filepath.Join(o.data, "sigma", "tuning-history.ndjson.zst"))
	if err != nil {
		return err
	}
	p, _ := compiler.Compile(set, compiler.Options{})
	if len(p.Rules) != len(set.Rules) {
		return fmt.Errorf("%d of %d rules of the history compile together", len(p.Rules), len(set.Rules))
	}
	c := newCollector(p)
	c.stripped = c.whole // every event on which one of them fires
	cache := ""
	if o.cache != "" {
		cache = o.cache + ".history"
	}
	if !c.restore(cache) {
		if err := c.replay(o.data, below(o.data, recordings)); err != nil {
			return err
		}
		if err := c.save(cache); err != nil {
			return err
		}
	}
	var found [4]int
	for _, x := range changes {
		in := c.pastInput(&x, head)
		if in == nil {
			continue
		}
		found[0]++
		policy := tuning.Default()
		in.Trials = tuning.Trials(&policy, in.Corpus, in.Known(), in.Removable, in.Protected, x.rule, nil)
		covered, shares := in.Corpus.NewRows(), false
		excluded := fieldsExcluded(p, p.Rules[x.past])
		clauses := tuning.Tune(policy, in)
		for _, k := range clauses {
			covered.Join(k.Removed)
			shares = shares || slices.ContainsFunc(k.Clause, func(l *tuning.Literal) bool { return slices.Contains(excluded, l.Field) })
		}
		enough := float64(covered.And(in.Removable).Count()) >= 0.9*float64(in.Removable.Count())
		found[1] += one(len(clauses) > 0)
		found[2] += one(enough)
		found[3] += one(enough && shares)
		if o.verbose {
			fmt.Fprintf(os.Stderr, "  %s: %d of %d, %d must stay, shares a field %v\n", x.title, covered.And(in.Removable).Count(), in.Removable.Count(), in.Protected.Count(), shares)
		}
	}
	fmt.Fprintf(w, "%d commits that changed exclusions alone, of which %d took away events of these recordings from two of them; with a proposal %d; at least 90 %% of those events covered by %d; and by a field that people chose too %d.\n\n",
		len(changes), found[0], found[1], found[2], found[3])
	return nil
}

// readHistory returns the rules before and after every change, as a set.
func readHistory(path string) (*rules.Set, []change, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	z, err := zstd.NewReader(f)
	if err != nil {
		return nil, nil, err
	}
	defer z.Close()
	set := &rules.Set{}
	var out []change
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var r pastRecord
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			return nil, nil, err
		}
		if len(r.SelectionsChanged) > 0 || len(r.FiltersAdded)+len(r.FiltersChanged) == 0 {
			continue
		}
		before, ok := onlyRule(fmt.Sprintf("%d-before.yml", len(out)), r.Before)
		after, good := onlyRule(fmt.Sprintf("%d-after.yml", len(out)), r.After)
		if !ok || !good {
			continue
		}
		out = append(out, change{rule: r.RuleID, title: r.Title, before: len(set.Rules), past: len(set.Rules) + 1})
		set.Add(before)
		set.Add(after)
	}
	return set, out, lines.Err()
}

// onlyRule reads a rule that compiles alone.
func onlyRule(path, text string) (rules.Document, bool) {
	docs, _ := rules.Parse(path, []byte(text))
	if len(docs) != 1 {
		return nil, false
	}
	if r, is := docs[0].(*rules.Rule); is {
		r.Invalid = false // for dates and tags of their time
	}
	alone := &rules.Set{}
	alone.Add(docs[0])
	p, _ := compiler.Compile(alone, compiler.Options{})
	return docs[0], len(p.Rules) == 1
}

// pastInput is what the tuner would have been told; nil if the change took nothing
// away, or only from one source.
func (c *collector) pastInput(x *change, head *collector) *tuning.Input {
	rule := c.program.Rules[x.before]
	var gone, stay []*hit
	for _, h := range c.hits {
		switch {
		case !slices.Contains(h.whole, x.before):
		case slices.Contains(h.whole, x.past):
			stay = append(stay, h)
		default:
			gone = append(gone, h)
		}
	}
	sources := map[string]bool{}
	for _, h := range gone {
		sources[h.event.Source] = true
	}
	if len(sources) < 2 {
		return nil
	}
	var pool []*hit
	texts := excludedTexts(c.program, c.program.Rules[x.past])
	for _, h := range head.hits {
		if slices.ContainsFunc(h.whole, func(n int) bool {
			r := head.program.Rules[n]
			return r.ID != x.rule && sourceOf(r) == sourceOf(rule) && !overlap(texts, excludedTexts(head.program, r))
		}) {
			pool = append(pool, h)
		}
	}
	corpus := corpus(logsourceOf(rule), tuning.Constrained(c.program, rule.Detection), slices.Concat(gone, stay, pool))
	in := &tuning.Input{Rule: tuning.RuleOf(c.program, rule, withoutExclusions(rule.Expr)), Corpus: corpus, Removable: corpus.NewRows(), Protected: corpus.NewRows(), Pool: corpus.NewRows()}
	known := corpus.NewRows()
	for _, of := range []struct {
		hits []*hit
		rows tuning.Rows
	}{{gone, in.Removable}, {stay, in.Protected}, {pool, in.Pool}} {
		for _, h := range of.hits {
			of.rows.Add(corpus.Row(h.event.Fingerprint))
		}
	}
	known.Join(in.Removable)
	known.Join(in.Protected)
	in.Trials = []tuning.Trial{{Learn: known, Unseen: corpus.NewRows()}}
	return in
}

// fieldsExcluded returns the fields that the exclusions of a rule name.
func fieldsExcluded(p *compiler.Program, r *compiler.Rule) []string {
	var out []string
	var walk func(e *compiler.Expr, negated bool)
	walk = func(e *compiler.Expr, negated bool) {
		if e.Op == compiler.Leaf && negated {
			out = append(out, p.Predicates[e.Atom].Field)
		}
		for _, a := range e.Args {
			walk(a, negated != (e.Op == compiler.Not))
		}
	}
	walk(r.Expr, false)
	return out
}
