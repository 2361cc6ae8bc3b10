package logic

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/lint/proof"
	"github.com/socctl/socctl/rules"
)

var deadSelection = &lint.Check{
	Name:  "logic/dead-selection",
	Title: `a selection that can never contribute`,
	Doc:   `It is one of several alternatives, and cannot hold together with what the rule demands beside it. Without it the rule matches the same events. Proven over all events; where the proof needs that a field holds one value at a time, the message says so.`,
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection_img:
        Image|endswith: '\whoami.exe'
    selection_a:
        CommandLine|contains: '/all'
    selection_b:
        Image|endswith: '\quser.exe'
    condition: selection_img and (selection_a or selection_b)
`,
	Good: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection_img:
        Image|endswith: '\whoami.exe'
    selection_a:
        CommandLine|contains: '/all'
    selection_b:
        CommandLine|contains: '/priv'
    condition: selection_img and (selection_a or selection_b)
`,
	Severity: rules.Warning,
	Scope:    lint.RuleScope,
	Run: func(p *lint.Pass) {
		for _, f := range facts(p, proof.Dead) {
			if f.Part.Selection != nil {
				report(p, &f, f.Part.Span(), f.Part.String()+" can never contribute"+because(f.Clashes), "correct it, or remove it")
			}
		}
	},
}
