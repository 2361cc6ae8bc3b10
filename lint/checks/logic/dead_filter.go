package logic

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/lint/proof"
	"github.com/socctl/socctl/rules"
)

var deadFilter = &lint.Check{
	Name:  "logic/dead-filter",
	Title: `an exclusion that excludes nothing`,
	Doc:   `It cannot hold together with what the rule selects, so the false positives that it was written for still come. Often a value is misspelt, or has the wrong modifier. Proven over all events; where the proof needs that a field holds one value at a time, the message says so.`,
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    filter:
        Image|endswith: '\Tools\'
    condition: selection and not filter
`,
	Good: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    filter:
        Image|contains: '\Tools\'
    condition: selection and not filter
`,
	Severity: rules.Warning,
	Scope:    lint.RuleScope,
	Run: func(p *lint.Pass) {
		for _, f := range facts(p, proof.Idle) {
			report(p, &f, f.Part.Span(), f.Part.String()+" can never exclude anything"+because(f.Clashes), "correct it, or remove it")
		}
	},
}
