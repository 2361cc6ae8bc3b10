package logic

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/lint/proof"
	"github.com/socctl/socctl/rules"
)

var deadAlternative = &lint.Check{
	Name:  "logic/dead-alternative",
	Title: `a value or an alternative that can never contribute`,
	Doc:   `A value of a list, a map of a list or an operand of an or cannot hold together with what the rule demands beside it; in an exclusion, it excludes nothing. Without it the rule matches the same events. Proven over all events; where the proof needs that a field holds one value at a time, the message says so. Selections and whole exclusions have checks of their own.`,
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
        OriginalFileName:
            - 'whoami.exe'
            - 'quser.exe'
    filter:
        OriginalFileName|startswith: 'q'
    condition: selection and not filter
`,
	Good: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
        OriginalFileName:
            - 'whoami.exe'
            - 'quser.exe'
    condition: selection
`,
	Severity: rules.Warning,
	Scope:    lint.RuleScope,
	Run: func(p *lint.Pass) {
		for _, f := range facts(p, proof.Dead) {
			if f.Part.Selection != nil {
				continue
			}
			verb := " can never contribute"
			if f.Part.Negated {
				verb = " can never exclude anything"
			}
			report(p, &f, f.Part.Span(), f.Part.String()+verb+because(f.Clashes), "correct it, or remove it")
		}
	},
}
