package logsource

import (
	"slices"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/logsource"
)

// known reports whether the table says anything of a logsource.
func known(t *logsource.Table, l logsource.Logsource) bool {
	return len(t.For(l)) > 0 ||
		slices.ContainsFunc(t.Taxonomies, func(x logsource.Taxonomy) bool { return x.Logsource.Satisfies(l) || l.Satisfies(x.Logsource) }) ||
		slices.ContainsFunc(t.Unseen, func(x logsource.Unseen) bool { return x.Logsource.Satisfies(l) })
}

// unknownPart returns the part of a logsource that no other has, and all values
// that the part has in the table; the last stated part if each is known alone.
func unknownPart(p *lint.Pass) (part rules.Scalar, values []string) {
	for _, of := range []struct {
		written rules.Scalar
		value   func(logsource.Logsource) string
	}{
		{p.Logsource.Product, func(l logsource.Logsource) string { return l.Product }},
		{p.Logsource.Category, func(l logsource.Logsource) string { return l.Category }},
		{p.Logsource.Service, func(l logsource.Logsource) string { return l.Service }},
	} {
		if of.written.Text == "" {
			continue
		}
		part, values = of.written, nil
		for _, l := range all(p.Corpus.Table) {
			values = append(values, of.value(l))
		}
		if !slices.Contains(values, of.written.Text) {
			return part, values
		}
	}
	return part, values
}

func all(t *logsource.Table) []logsource.Logsource {
	var out []logsource.Logsource
	for i := range t.Views {
		out = append(out, t.Views[i].Logsources()...)
	}
	for _, x := range t.Taxonomies {
		out = append(out, x.Logsource)
	}
	for _, x := range t.Unseen {
		out = append(out, x.Logsource)
	}
	return out
}
