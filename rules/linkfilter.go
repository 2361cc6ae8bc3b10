package rules

import "strings"

// filter attaches a filter to the rules it applies to: those it names, or any,
// whose logsource has every part that the filter's has (D57).
func (l *linker) filter(f *Filter) {
	errors := l.diags.Count(Error)
	var targets []*Rule
	for _, ref := range f.Rules {
		switch d := l.find(ref).(type) {
		case *Rule:
			if !f.Logsource.covers(&d.Logsource) {
				l.report(Warning, "filter/logsource-mismatch", ref.Span, "the filter's logsource ("+f.Logsource.String()+") is not that of "+
					quote(d.Label())+" ("+d.Logsource.String()+"), so it does not apply to it", "change the filter's logsource, or do not name the rule")
				continue
			}
			l.taxonomy(&f.Header, &d.Header, ref)
			targets = append(targets, d)
		case *Correlation:
			l.report(Warning, "filter/correlation", ref.Span, quote(d.Label())+" is a correlation, to which no filter applies",
				"name the rules that it correlates")
		}
	}
	if len(f.Rules) == 0 {
		for _, r := range l.set.Rules {
			if f.Logsource.covers(&r.Logsource) && f.taxonomy() == r.taxonomy() {
				targets = append(targets, r)
			}
		}
	}
	if l.diags.Count(Error) > errors {
		f.reject()
	}
	if f.Invalid {
		return // reported; rules are evaluated without it, which hides nothing
	}
	if len(targets) == 0 {
		l.report(Warning, "ref/filter-targets-nothing", f.Title.Span, "the filter applies to no rule that is loaded", "check its rules and its logsource")
	}
	l.polarity(f)
	for _, r := range targets {
		r.Filters = append(r.Filters, f)
	}
}

// polarity warns of a filter that keeps only what it describes: it is combined
// with the rule by and, as it stands (D58), although many examples read as if
// it were excluded.
func (l *linker) polarity(f *Filter) {
	for _, c := range f.Detection.Conditions {
		if c.Root == nil {
			continue
		}
		negated := false
		c.Root.Walk(func(e *Expr) { negated = negated || e.Op == Not })
		if !negated {
			l.report(Warning, "filter/not-negated", c.Text.Span, "the filter lets through only events that it describes, and suppresses all others",
				"to exclude what it describes, write not "+c.Text.Text)
		}
	}
}

// covers reports whether every part that l gives is the same in other.
func (l *Logsource) covers(other *Logsource) bool {
	same := func(a, b Scalar) bool { return a.Text == "" || strings.EqualFold(a.Text, b.Text) }
	if !same(l.Category, other.Category) || !same(l.Product, other.Product) || !same(l.Service, other.Service) {
		return false
	}
	for _, mine := range l.Custom {
		if !hasCustom(other, mine) {
			return false
		}
	}
	return true
}

func hasCustom(l *Logsource, want Entry) bool {
	for _, e := range l.Custom {
		if e.Key.Text == want.Key.Text && strings.EqualFold(e.Value.Scalar.Text, want.Value.Scalar.Text) {
			return true
		}
	}
	return false
}
