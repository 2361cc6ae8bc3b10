package logic

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/lint/proof"
	"github.com/socctl/socctl/rules"
)

var impliedValue = &lint.Check{
	Name:  "logic/implied-value",
	Title: `a value that another one implies, where all must be there`,
	Doc:   `Whatever contains the longer one contains the shorter one. If two occurrences were meant, the values do not say so. Values are found too that others imply only together, or that what the rule demands beside the list does: in a filter that often is a value of the selection, repeated.`,
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        CommandLine|contains|all:
            - 'advfirewall'
            - 'firewall'
            - 'set'
    condition: selection
`,
	Good: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        CommandLine|contains|all:
            - 'advfirewall'
            - 'set'
    condition: selection
`,
	Severity: rules.Info,
	Scope:    lint.RuleScope,
	Fixable:  true,
	Run: func(p *lint.Pass) {
		for _, f := range facts(p, proof.Implied) {
			if aboutValue(&f) {
				by := "the others together"
				switch {
				case f.By != nil:
					by = f.By.String()
				case f.Given:
					by = "what is demanded beside it"
				}
				report(p, &f, f.Part.Span(), "the value "+f.Part.String()+" is implied by "+by, "remove it, or say what else was meant").
					FixProven("remove it", removal(p, f.Part.Span())...)
			}
		}
	},
}
