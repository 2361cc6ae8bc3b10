package logic

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/lint/proof"
	"github.com/socctl/socctl/rules"
)

var filterExcludesEverything = &lint.Check{
	Name:  "logic/filter-excludes-everything",
	Title: `an exclusion that covers all that is selected`,
	Doc:   `Proven over all events: without the exclusion the rule could fire, with it never. It is an error if that is so even where fields hold several values at once, and a warning otherwise.`,
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    filter:
        Image|endswith: '.exe'
    condition: selection and not filter
`,
	Good: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    filter:
        Image|startswith: 'C:\Tools\'
    condition: selection and not filter
`,
	Severity: rules.Error,
	Scope:    lint.RuleScope,
	Run: func(p *lint.Pass) {
		for _, f := range facts(p, proof.AllExcluded) {
			report(p, &f, f.Part.Span(), f.Part.String()+" excludes everything that the rule selects"+because(f.Clashes), "narrow it")
		}
	},
}
