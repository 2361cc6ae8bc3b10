package compiler

import "github.com/socctl/socctl/rules"

// filtersOf lowers the filters that apply to a rule. Each is lowered on its
// own, so its selections cannot be seen by the rule or by other filters, nor
// theirs by it (D58). A filter with errors is left out: what it would suppress
// is better seen than lost.
func filtersOf(r *rules.Rule, o *Options) []*Expr {
	var out []*Expr
	for _, f := range r.Filters {
		l := lowerer{options: o}
		expr := l.detection(&f.Detection)
		if l.diags.Count(rules.Error) == 0 {
			out = append(out, &Expr{Op: And, Args: []*Expr{expr}, Filter: f})
		}
	}
	return out
}

// checkFilters returns what is wrong with the filters of a set, each problem
// once however many rules a filter applies to.
func checkFilters(set *rules.Set, o *Options) rules.Diagnostics {
	var diags rules.Diagnostics
	for _, f := range set.Filters {
		l := lowerer{options: o}
		l.detection(&f.Detection)
		diags = append(diags, l.diags...)
	}
	return diags
}
