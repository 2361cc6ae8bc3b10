package perf

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var noWitness = &lint.Check{
	Name:  "perf/no-witness",
	Title: `a rule that has to be tried on every event`,
	Doc:   `Nothing that the rule asks for can be looked up: no exact value, no text that must occur. One such rule costs as much as hundreds of others.`,
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|exists: true
    condition: not selection
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
	Elsewhere: []string{"falco LOAD_NO_EVTTYPE: the same idea"},
	Run: func(p *lint.Pass) {
		if p.Compiled != nil && len(p.Compiled.Witness) == 0 {
			at := p.Place()
			if p.Detection != nil && len(p.Detection.Conditions) > 0 {
				at = p.Detection.Conditions[0].Text.Span
			}
			p.Report(at, "no value or text that must occur lets an engine skip the rule", "add a condition that most events fail, such as an exact value")
		}
	},
}
