package logsource

import (
	"slices"
	"strings"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/logsource"
)

// known reports whether the table says anything of a logsource. What it says of
// one with fewer parts counts if the other parts may be anything: those that it
// lists for a product are all there are, whereas firewalls, proxies and the like
// are of any product.
func known(t *logsource.Table, l logsource.Logsource) bool {
	return len(t.For(l)) > 0 ||
		slices.ContainsFunc(t.Taxonomies, func(x logsource.Taxonomy) bool {
			return x.Logsource.Satisfies(l) || l.Satisfies(x.Logsource) && listed(t, x.Logsource, l) && !foreign(t, l)
		}) ||
		slices.ContainsFunc(t.Unseen, func(x logsource.Unseen) bool { return x.Logsource.Satisfies(l) })
}

// listed reports whether what a logsource adds to one of a product is in the
// table for that product: a category, which may be one of all products, and a
// service.
func listed(t *logsource.Table, general, l logsource.Logsource) bool {
	if general.Product == "" {
		return true
	}
	category, service := l.Category == general.Category, l.Service == general.Service
	for _, x := range all(t) {
		category = category || x.Category == l.Category && (x.Product == l.Product || x.Product == "")
		service = service || x.Service == l.Service && x.Product == l.Product
	}
	return category && service
}

// foreign reports whether the service of a logsource is one of other products
// only.
func foreign(t *logsource.Table, l logsource.Logsource) bool {
	elsewhere := false
	for _, x := range all(t) {
		if l.Product == "" || x.Service != l.Service {
			continue
		}
		if x.Product == l.Product || x.Product == "" {
			return false
		}
		elsewhere = true
	}
	return elsewhere && l.Service != ""
}

// unknownPart returns the part of a logsource that no other has, and all values
// that the part has in the table; false if each is known alone.
func unknownPart(p *lint.Pass) (written rules.Scalar, values []string, found bool) {
	for _, part := range parts(p) {
		if part.written.Text == "" {
			continue
		}
		values = nil
		for _, l := range all(p.Corpus.Table) {
			values = append(values, part.value(l))
		}
		if !slices.Contains(values, strings.ToLower(part.written.Text)) {
			return part.written, values, true
		}
	}
	return rules.Scalar{}, nil, false
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
