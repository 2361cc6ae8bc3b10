package logic

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/lint/proof"
	"github.com/socctl/socctl/rules"
)

var alwaysTrue = &lint.Check{
	Name:  "logic/always-true",
	Title: `a rule that every event satisfies`,
	Doc:   `Proven over all events of the logsource. The rule is an alert for each of them. It is an error if that is so even where fields hold several values at once, and a warning otherwise.`,
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    other:
        Image|endswith: '.exe'
    condition: other or not selection
`,
	Good: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity: rules.Error,
	Scope:    lint.RuleScope,
	Run: func(p *lint.Pass) {
		for _, f := range facts(p, proof.Always) {
			at := p.Place()
			if conditions := p.Detection.Conditions; len(conditions) > 0 {
				at = conditions[0].Text.Span
			}
			report(p, &f, at, "the rule fires on every event", "say what it is to look for")
		}
	},
}
