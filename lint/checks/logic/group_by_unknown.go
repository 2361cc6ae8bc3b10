package logic

import (
	"slices"
	"strings"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/logsource"
)

var groupByUnknown = &lint.Check{
	Name:  "logic/group-by-unknown",
	Title: `a correlation that groups by a field that its events do not have`,
	Doc:   `All matches are one group, of those without the field. Only told where the table of fields is complete for the logsource of a correlated rule; views of the configuration add fields.`,
	Bad: `
-- rule.yml --
title: Failed Logon
name: failed_logon
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\\logon.exe'
    condition: selection
-- many.yml --
title: Many
correlation:
    type: event_count
    rules: [failed_logon]
    group-by: [Usre]
    timespan: 5m
    condition: {gte: 10}
`,
	Good: `
-- rule.yml --
title: Failed Logon
name: failed_logon
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\\logon.exe'
    condition: selection
-- many.yml --
title: Many
correlation:
    type: event_count
    rules: [failed_logon]
    group-by: [User]
    timespan: 5m
    condition: {gte: 10}
`,
	Severity:  rules.Warning,
	Scope:     lint.RuleScope,
	Elsewhere: []string{"elastic: fields are checked against its schemas"},
	Run: func(p *lint.Pass) {
		c := compiled(p)
		if c == nil {
			return
		}
		for _, in := range c.Inputs {
			if in.Rule < 0 {
				continue
			}
			rule := p.Corpus.Program.Rules[in.Rule]
			names, closed := p.Corpus.Table.FieldNames(logsource.Logsource{Category: rule.Category, Product: rule.Product, Service: rule.Service})
			if t := rule.Source.Taxonomy.Text; !closed || t != "" && t != "sigma" {
				continue
			}
			for i, name := range p.Correlation.GroupBy {
				field := in.GroupBy[i]
				if slices.ContainsFunc(names, func(known string) bool { return strings.EqualFold(known, field) }) {
					continue
				}
				help := "name a field that they have"
				if near := rules.Nearest(field, names); near != "" {
					help = "did you mean " + near + "?"
				}
				finding := p.Report(name.Span, "matches of "+rule.Source.Label()+" have no field "+field, help)
				if at := rule.Source.Title.Span; at.Known() {
					finding.Also(at, "the correlated rule")
				}
			}
		}
	},
}
