package logic

import (
	"strings"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/lint/proof"
	"github.com/socctl/socctl/rules"
)

var onlyNegation = &lint.Check{
	Name:  "logic/only-negation",
	Title: `a rule that fires where its fields are absent`,
	Doc:   `An event that has none of the fields satisfies the condition, so every event of another kind within the logsource does. Add what the event must have. It is meant where the logsource is a single kind of event that always has them.`,
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    filter:
        Image|endswith: '\whoami.exe'
    condition: not filter
`,
	Good: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        ParentImage|endswith: '\cmd.exe'
    filter:
        Image|endswith: '\whoami.exe'
    condition: selection and not filter
`,
	Severity: rules.Warning,
	Scope:    lint.RuleScope,
	Run: func(p *lint.Pass) {
		for _, f := range facts(p, proof.OnAbsence) {
			at := p.Place()
			if conditions := p.Detection.Conditions; len(conditions) > 0 {
				at = conditions[0].Text.Span
			}
			report(p, &f, at, "the rule fires on every event that has none of "+strings.Join(p.Compiled.Fields, ", "), "demand something that the event must have")
		}
	},
}
