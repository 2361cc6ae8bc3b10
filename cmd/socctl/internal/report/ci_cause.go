package report

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/diff"
	"github.com/socctl/socctl/rules"
)

// cause is what changed rules that did not change themselves.
type cause struct {
	kind    string // what became of the rules
	by      string
	filters []*rules.Filter
	titles  []string // of the rules
}

// causes tells once what reaches several rules: a filter, the pipelines, or values of
// placeholders. What reaches the most rules comes first.
func (r *CIRun) causes() []CIRemark {
	var found []*cause
	for i := range r.Diff.Changes {
		c := &r.Diff.Changes[i]
		is := causeOf(c)
		if is == nil {
			continue
		}
		at := slices.IndexFunc(found, func(f *cause) bool { return f.kind == is.kind && f.by == is.by })
		if at < 0 {
			at, found = len(found), append(found, is)
		}
		found[at].titles = append(found[at].titles, Shorten(c.Rule().Title, maxTuningTitle))
	}
	slices.SortStableFunc(found, func(a, b *cause) int { return cmp.Compare(len(b.titles), len(a.titles)) })
	out := []CIRemark{}
	for _, f := range found {
		out = append(out, f.remark())
	}
	return out
}

func (f *cause) remark() CIRemark {
	named := strings.Join(f.titles[:min(namedRules, len(f.titles))], ", ")
	if more := len(f.titles) - namedRules; more > 0 {
		named += fmt.Sprintf(" and %d more", more)
	}
	text := fmt.Sprintf("by %s: %s (%s)", f.by, Count(len(f.titles), "rule"), named)
	out := CIRemark{Kind: f.kind, Text: text}
	if len(f.filters) > 0 {
		out.Path, out.Line = f.filters[0].Span.Path(), f.filters[0].Span.Start.Line
	}
	return out
}

// causeOf returns what changed a rule that means something else and did not change
// itself; nil if it did, or if several things may have.
func causeOf(c *DiffChange) *cause {
	meaning := []diff.Kind{diff.Disjoint, diff.Narrower, diff.Both, diff.Unknown, diff.Wider}
	if c.Old == nil || c.New == nil || c.Old.Hash == c.New.Hash || !slices.Contains(meaning, c.Kind) {
		return nil
	}
	out := &cause{kind: words[c.Kind]}
	filters := otherFilters(c.New, c.Old)
	for _, f := range otherFilters(c.Old, c.New) {
		if !slices.ContainsFunc(filters, func(is *rules.Filter) bool { return is.Span.Path() == f.Span.Path() && is.Title.Text == f.Title.Text }) {
			filters = append(filters, f)
		}
	}
	same := rules.ContentHash(c.Old.Source) == rules.ContentHash(c.New.Source)
	switch {
	case same && len(filters) == 0: // the compiler fills them in
		out.by = "values of placeholders"
	case asWritten(c):
		out.by = "the pipelines, or placeholders that they fill in"
	case same:
		out.filters = filters
		out.by = nounOf(filters)
	default:
		return nil
	}
	return out
}

func nounOf(filters []*rules.Filter) string {
	var names []string
	for _, f := range filters {
		names = append(names, fmt.Sprintf("%q", f.Label()))
	}
	return plural(len(names), "the filter ", "the filters ") + strings.Join(names, ", ")
}

// otherFilters are those of a rule that another version of it does not have.
func otherFilters(of, than *compiler.Rule) (out []*rules.Filter) {
	for _, e := range of.Filters {
		hash := rules.ContentHash(e.Filter)
		if !slices.ContainsFunc(than.Filters, func(other *compiler.Expr) bool { return rules.ContentHash(other.Filter) == hash }) {
			out = append(out, e.Filter)
		}
	}
	return out
}

// asWritten reports whether neither a rule nor any of its filters is written in another
// way than before.
func asWritten(c *DiffChange) bool {
	if !sameFile(c.Old.Source.Span, c.New.Source.Span) || len(c.Old.Filters) != len(c.New.Filters) {
		return false
	}
	for i, e := range c.New.Filters {
		if !sameFile(c.Old.Filters[i].Filter.Span, e.Filter.Span) {
			return false
		}
	}
	return true
}

// sameFile reports whether two documents are the same part of files with the same text.
func sameFile(a, b rules.Span) bool {
	return a.File != nil && b.File != nil && a.Start == b.Start && a.Path() == b.Path() && bytes.Equal(a.File.Source, b.File.Source)
}
