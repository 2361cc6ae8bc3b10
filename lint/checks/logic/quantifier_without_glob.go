package logic

import (
	"strings"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var quantifierWithoutGlob = &lint.Check{
	Name:  "logic/quantifier-without-glob",
	Title: `a quantifier over a name without a wildcard`,
	Doc:   "`1 of selection` is `selection`. Often the star was forgotten.",
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: 1 of selection
`,
	Good: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity:  rules.Info,
	Scope:     lint.RuleScope,
	Elsewhere: []string{"sigmahq sigmahq_missing_asterisk_condition"},
	Run: func(p *lint.Pass) {
		eachQuantifier(p, func(c *rules.Condition, e *rules.Expr) {
			if e.Name != "them" && !strings.Contains(e.Name, "*") {
				p.Report(e.Span, e.Name+" is one selection and no pattern", "write "+e.Name+"*, or the name alone")
			}
		})
	},
}
