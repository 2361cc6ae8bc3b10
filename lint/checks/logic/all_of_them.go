package logic

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var allOfThem = &lint.Check{
	Name:  "logic/all-of-them",
	Title: `all of them`,
	Doc:   `A selection that is added later, a filter most of all, silently becomes part of it. Patterns say which selections are meant.`,
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    filter:
        User: admin
    condition: all of them
`,
	Good: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    filter:
        User: admin
    condition: selection and not filter
`,
	Severity:  rules.Warning,
	Scope:     lint.RuleScope,
	Elsewhere: []string{"pysigma all_of_them_condition"},
	Run: func(p *lint.Pass) {
		eachQuantifier(p, func(c *rules.Condition, e *rules.Expr) {
			if e.Op == rules.AllOf && e.Name == "them" {
				p.Report(e.Span, "all of them takes every selection, also those to come", "name the selections, or a pattern")
			}
		})
	},
}
