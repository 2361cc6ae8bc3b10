package trial

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/socctl/socctl/attack/coverage"
	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/ruletest"
	"github.com/socctl/socctl/rules"
)

// Subject is a rule set as coverage sees it.
type Subject struct {
	Rules   []coverage.Rule // rules and correlations, in the order of the set
	Program *compiler.Program

	keys map[place]string
}

// place is where a document stands. A pipeline copies documents, and leaves them
// in their place.
type place struct {
	path         string
	line, column int
}

func placeOf(h *rules.Header) place {
	return place{h.Span.Path(), h.Span.Start.Line, h.Span.Start.Column}
}

// NewSubject describes the documents of a set, with what became of them in the
// program that was compiled of it.
func NewSubject(set *rules.Set, p *compiler.Program) *Subject {
	s := &Subject{Program: p, keys: map[place]string{}}
	s.name(set)
	compiled := map[place]*compiler.Rule{}
	for _, r := range p.Rules {
		compiled[placeOf(&r.Source.Header)] = r
	}
	for _, r := range set.Rules {
		out := s.describe(r)
		l := r.Logsource
		out.Logsources = []coverage.Logsource{{Category: l.Category.Text, Product: l.Product.Text, Service: l.Service.Text}}
		if c := compiled[placeOf(&r.Header)]; c != nil {
			out.Hash, out.Problem = c.Hash, ""
			out.Logsources = []coverage.Logsource{logsourceOf(c)}
			out.Filters = filtersOf(c)
			if !c.Alerts {
				out.Feeds = feeds(p, c)
			}
		}
		s.Rules = append(s.Rules, out)
	}
	s.correlations(set)
	return s
}

// name gives every document a key: its id, or where it stands if it has none or
// shares it.
func (s *Subject) name(set *rules.Set) {
	times := map[string]int{}
	for _, d := range set.Documents() {
		times[d.Meta().ID.Text]++
	}
	inFile := map[string]int{}
	for _, d := range set.Documents() {
		h := d.Meta()
		inFile[h.Span.Path()]++
		key := h.ID.Text
		if key == "" || times[key] > 1 {
			key = fmt.Sprintf("%s#%d", h.Span.Path(), inFile[h.Span.Path()])
		}
		s.keys[placeOf(h)] = key
	}
}

// describe tells what the header of a document says.
func (s *Subject) describe(d rules.Document) coverage.Rule {
	h := d.Meta()
	out := coverage.Rule{Key: s.keys[placeOf(h)], ID: h.ID.Text, Title: h.Label(), Path: h.Span.Path(), Line: h.Span.Start.Line, Severity: h.Level.Text, Status: h.Status.Text,
		Problem: "it cannot be compiled"}
	if h.Invalid {
		out.Problem = "it has errors"
	}
	for _, t := range h.Tags {
		out.Tags = append(out.Tags, t.Text)
	}
	sum := sha256.Sum256([]byte(h.Span.Text()))
	out.Text = hex.EncodeToString(sum[:])
	return out
}

func logsourceOf(r *compiler.Rule) coverage.Logsource {
	return coverage.Logsource{Category: r.Category, Product: r.Product, Service: r.Service}
}

// filtersOf returns the titles of the filters that apply to a rule.
func filtersOf(r *compiler.Rule) (titles []string) {
	for _, e := range r.Filters {
		if e.Filter != nil {
			titles = append(titles, e.Filter.Title.Text)
		}
	}
	return titles
}

// feeds names a correlation that keeps a rule from raising alerts.
func feeds(p *compiler.Program, r *compiler.Rule) string {
	for _, c := range p.Correlations {
		for _, in := range c.Inputs {
			if in.Rule >= 0 && p.Rules[in.Rule] == r {
				return c.Title
			}
		}
	}
	return "that refers to it"
}

// correlations describes the correlations of a set.
func (s *Subject) correlations(set *rules.Set) {
	compiled := map[place]*compiler.Correlation{}
	for _, c := range s.Program.Correlations {
		compiled[placeOf(&c.Source.Header)] = c
	}
	for _, d := range set.Correlations {
		out := s.describe(d)
		out.Correlation, out.Logsources = true, []coverage.Logsource{}
		if c := compiled[placeOf(&d.Header)]; c != nil {
			out.Hash, out.Problem = c.Hash, ""
			out.Logsources = s.logsources(c, nil)
			if !c.Alerts {
				out.Feeds = "that refers to it"
			}
		}
		s.Rules = append(s.Rules, out)
	}
}

// logsources adds those of all rules that feed a correlation, also over others.
func (s *Subject) logsources(c *compiler.Correlation, out []coverage.Logsource) []coverage.Logsource {
	for _, in := range c.Inputs {
		if in.Rule < 0 {
			out = s.logsources(s.Program.Correlations[in.Correlation], out)
			continue
		}
		if l := logsourceOf(s.Program.Rules[in.Rule]); !slices.Contains(out, l) {
			out = append(out, l)
		}
	}
	return out
}

// Key names a rule or a correlation of the program, see Rules.
func (s *Subject) Key(rule any) string {
	switch r := rule.(type) {
	case *compiler.Rule:
		return s.keys[placeOf(&r.Source.Header)]
	case *compiler.Correlation:
		return s.keys[placeOf(&r.Source.Header)]
	}
	return ""
}

// Tests makes values of the results of unit tests. SigmaHQ's regression tests
// replay telemetry that was recorded for their rule.
func (s *Subject) Tests(results []ruletest.CaseResult) (out []coverage.Test) {
	for i := range results {
		r := &results[i]
		if r.Status == ruletest.Skipped {
			continue
		}
		out = append(out, coverage.Test{Rule: s.keys[placeOf(r.Case.Rule.Meta())], Hash: r.RuleHash, Name: r.Case.Name,
			Positive: r.Case.Positive(), Negative: r.Case.Negative(), Passed: r.Status == ruletest.Pass, Absent: r.Status == ruletest.MissingRecording,
			Recorded: r.Case.Origin == ruletest.SigmaHQ})
	}
	return out
}
