package logic

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/lint/proof"
	"github.com/socctl/socctl/rules"
)

var duplicateSelection = &lint.Check{
	Name:  "logic/duplicate-selection",
	Title: `two selections that mean the same`,
	Doc: "They hold on the same events, however each is written, so one of them is superfluous, or was to say something else. The fix lets the condition name one and removes the other; comments move to the one that stays. " +
		"It is offered only where it is proven that the rule matches the same events.",
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection_name:
        Image|endswith: '\whoami.exe'
    selection_priv:
        CommandLine|contains: 'priv'
    selection_path:
        Image: '*\WHOAMI.EXE'
    selection_all:
        CommandLine|contains: ' /all'
    condition: (selection_name and selection_priv) or (selection_path and selection_all)
`,
	Good: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection_name:
        Image|endswith: '\whoami.exe'
    selection_priv:
        CommandLine|contains: 'priv'
    selection_all:
        CommandLine|contains: ' /all'
    condition: (selection_name and selection_priv) or (selection_name and selection_all)
`,
	Severity: rules.Warning,
	Scope:    lint.RuleScope,
	Fixable:  true,
	Run: func(p *lint.Pass) {
		for _, f := range facts(p, proof.Twin) {
			later, earlier := f.Part.Selection, f.By.Selection
			finding := report(p, &f, later.Name.Span, later.Name.Text+" means the same as "+earlier.Name.Text, "remove one of the two, or correct it")
			finding.FixProven("merge it into "+earlier.Name.Text, merging(p, later, earlier)...)
			if finding.Fix == nil { // a pattern of the condition may mean the later one alone
				finding.FixProven("merge "+earlier.Name.Text+" into it", merging(p, earlier, later)...)
			}
		}
	},
}
