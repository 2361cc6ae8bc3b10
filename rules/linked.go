package rules

// LinkedSet returns a set whose documents know each other already: what
// Rule.Filters and Correlation.Inputs say holds, and nothing is looked up again.
// It is for documents that were made from those of a linked set, and no longer
// have the logsource by which a filter found its rule.
func LinkedSet(docs []*Rule, correlations []*Correlation, filters []*Filter) *Set {
	return &Set{Rules: docs, Correlations: correlations, Filters: filters, linked: len(docs) + len(correlations) + len(filters)}
}
