package logic

import (
	"strings"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var quantifierSingle = &lint.Check{
	Name:  "logic/quantifier-single",
	Title: `a quantifier over one selection`,
	Doc:   `Name it: a pattern over one selection hides what is meant, unless others are to follow.`,
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: 1 of them
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
	Elsewhere: []string{"pysigma them_condition_with_single_detection", "sigmahq sigmahq_ofthem_condition", "sigmahq sigmahq_ofselection_condition: reports patterns too"},
	Run: func(p *lint.Pass) {
		eachQuantifier(p, func(c *rules.Condition, e *rules.Expr) {
			if found := p.Detection.Matching(e.Name); len(found) == 1 && (e.Name == "them" || !strings.ContainsAny(e.Name, "*")) {
				p.Report(e.Span, e.Name+" stands for the selection "+found[0].Name.Text+" alone", "name it").Also(found[0].Name.Span, "the only one")
			}
		})
	},
}
