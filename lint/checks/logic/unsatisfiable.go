package logic

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/lint/proof"
	"github.com/socctl/socctl/rules"
)

var unsatisfiable = &lint.Check{
	Name:  "logic/unsatisfiable",
	Title: `a rule that no event can satisfy`,
	Doc:   `Proven over all events: whatever they hold, the condition is false. The finding points at what excludes each other. It is an error if that is so even where fields hold several values at once, and a warning otherwise: most fields never do.`,
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        CommandLine: 'whoami'
        CommandLine|endswith: '.exe'
    condition: selection
`,
	Good: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        CommandLine|startswith: 'whoami'
        CommandLine|endswith: '.exe'
    condition: selection
`,
	Severity: rules.Error,
	Scope:    lint.RuleScope,
	Run: func(p *lint.Pass) {
		for _, f := range facts(p, proof.Never) {
			report(p, &f, clashing(&f), "the rule can never fire"+because(f.Clashes), "correct one of them")
		}
	},
}
