package pipeline

import (
	"slices"
	"strings"

	"github.com/socctl/socctl/rules"
)

// isCorrelation asks for the kind of a document.
type isCorrelation bool

func (c isCorrelation) matchRule(r *run) bool { return (r.correlation != nil) == bool(c) }

// logsourceCondition asks for the parts of a logsource that it names, by letter
// case as in pySigma. A correlation satisfies it if a rule that it refers to
// does, directly or over other correlations: as it was, or as the pipeline left
// it. In pySigma only the latter counts, so that a mapping before
// change_logsource would reach the rules and not their correlation.
type logsourceCondition struct{ want rules.Logsource }

func parseLogsourceCondition(ps *params) ruleCondition {
	want := ps.logsource()
	if !want.Category.Present() && !want.Product.Present() && !want.Service.Present() {
		ps.errorf("pipeline/missing-key", ps.node.Span, "the condition names neither category nor product nor service", "give at least one")
	}
	return logsourceCondition{want}
}

func (c logsourceCondition) matchRule(r *run) bool {
	if r.correlation == nil {
		return c.fits(r.logsource)
	}
	return c.fitsAny(r, r.correlation, map[*rules.Correlation]bool{})
}

func (c logsourceCondition) fits(l *rules.Logsource) bool {
	same := func(want, have rules.Scalar) bool { return !want.Present() || want.Text == have.Text }
	return same(c.want.Category, l.Category) && same(c.want.Product, l.Product) && same(c.want.Service, l.Service)
}

func (c logsourceCondition) fitsAny(r *run, of *rules.Correlation, seen map[*rules.Correlation]bool) bool {
	if seen[of] {
		return false
	}
	seen[of] = true
	for _, in := range of.Inputs {
		switch d := in.Document.(type) {
		case *rules.Rule:
			if after, ok := r.after[d].(*rules.Rule); c.fits(&d.Logsource) || ok && c.fits(&after.Logsource) {
				return true
			}
		case *rules.Correlation:
			if c.fitsAny(r, d, seen) {
				return true
			}
		}
	}
	return false
}

// itemSearch asks whether a rule has a detection item.
type itemSearch struct{ match func(*item) bool }

func parseContainsField(ps *params) ruleCondition {
	field := ps.text("field").Text
	return itemSearch{func(it *item) bool { return it.field == field && field != "" }}
}

// parseContainsItem reads the search for an item of a field with a value. A
// value under the modifier cased is another than the same without it.
func parseContainsItem(ps *params) ruleCondition {
	field, want := ps.text("field").Text, ps.anyScalar("value")
	return itemSearch{func(it *item) bool {
		return it.field == field && field != "" && slices.ContainsFunc(it.values, func(v value) bool { return !v.cased && v.same(want) })
	}}
}

func (c itemSearch) matchRule(r *run) bool {
	found := false
	r.eachSelection(func(s *selection) {
		s.root.items(func(it *item) { found = found || c.match(it) })
	})
	return found
}

// tagCondition asks for a tag, by letter case.
type tagCondition struct{ tag string }

func parseTagCondition(ps *params) ruleCondition {
	tag := ps.text("tag")
	if tag.Present() && !strings.Contains(tag.Text, ".") {
		ps.errorf("pipeline/invalid-value", tag.Span, tag.Text+" is no tag", "a tag is namespace.name, for example attack.t1059")
	}
	return tagCondition{tag.Text}
}

func (c tagCondition) matchRule(r *run) bool {
	return slices.ContainsFunc(r.header.Tags, func(s rules.Scalar) bool { return s.Text == c.tag })
}
