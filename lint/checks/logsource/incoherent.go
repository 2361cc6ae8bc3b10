package logsource

import (
	"slices"
	"strings"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/logsource"
)

var incoherent = &lint.Check{
	Name:  "logsource/incoherent",
	Title: `parts of a logsource that do not go together`,
	Doc: `Each part is known, and no source of events has them all, so the rule is never tried on anything. A part that is not known at all is
for logsource/unknown. The table can be changed in the configuration.`,
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows, service: cloudtrail}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Good: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity:  rules.Warning,
	Scope:     lint.RuleScope,
	Elsewhere: []string{"sigmahq sigmahq_logsource_unknown: does not tell the two apart", "sigmahq-tests test_logsource_value: does not tell the two apart"},
	Run: func(p *lint.Pass) {
		if p.Logsource == nil || p.Source().IsZero() || known(p.Corpus.Table, p.Source()) {
			return
		}
		if _, _, strange := unknownPart(p); strange {
			return
		}
		at, help := odd(p)
		p.Report(at, "no source of events is all of "+p.Logsource.String(), help)
	},
}

// odd returns the part without which a logsource would be known, and what it
// could be instead; the whole logsource if there is no such part.
func odd(p *lint.Pass) (rules.Span, string) {
	for _, part := range parts(p) {
		rest := p.Source()
		part.of(&rest, "")
		if part.written.Text == "" || rest.IsZero() || !known(p.Corpus.Table, rest) {
			continue
		}
		var values []string
		for _, l := range all(p.Corpus.Table) {
			if l.Satisfies(rest) {
				values = append(values, part.value(l))
			}
		}
		slices.Sort(values)
		values = slices.DeleteFunc(slices.Compact(values), func(v string) bool { return v == "" })
		if len(values) == 0 || len(values) > 12 {
			return part.written.Span, "leave out " + part.written.Text
		}
		return part.written.Span, "with the other parts there is " + strings.Join(values, ", ")
	}
	return p.Logsource.Span, "socctl logsource show prints those there are"
}

// part is one of the three parts of the logsource of a rule.
type part struct {
	written rules.Scalar
	value   func(logsource.Logsource) string
	of      func(*logsource.Logsource, string) // sets it
}

// parts returns the parts of the logsource of a rule, the most specific last.
func parts(p *lint.Pass) []part {
	return []part{
		{p.Logsource.Product, func(l logsource.Logsource) string { return l.Product }, func(l *logsource.Logsource, v string) { l.Product = v }},
		{p.Logsource.Category, func(l logsource.Logsource) string { return l.Category }, func(l *logsource.Logsource, v string) { l.Category = v }},
		{p.Logsource.Service, func(l logsource.Logsource) string { return l.Service }, func(l *logsource.Logsource, v string) { l.Service = v }},
	}
}
