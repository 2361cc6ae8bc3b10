package logic

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var attackerControlledFilter = &lint.Check{
	Name:  "logic/attacker-controlled-filter",
	Title: `an exclusion made of nothing but what an attacker chooses`,
	Doc: `Who reads the rule adds the excluded word to his command line, or compiles the excluded name into his program, and is not seen. Add a field that the system
decides about: the path of the program from its drive on, the account, the parent.

Which fields an attacker sets is a matter of a table (docs/filter-audit.md) that the configuration can override, so this is advice and no proof; it is a warning in rules of
level high or critical, and information in others. Rules that exclude a program under its own name because they look for it under others are left
alone. ` + "`socctl filter audit`" + ` grades all exclusions, and shows an event that hides in each.`,
	Bad: `
title: Whoami
level: high
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    filter_main_agent:
        CommandLine|contains: ' /all'
    condition: selection and not 1 of filter_main_*
`,
	Good: `
title: Whoami
level: high
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    filter_main_agent:
        CommandLine|contains: ' /all'
        ParentImage: 'C:\Program Files\Contoso\agent.exe'
    condition: selection and not 1 of filter_main_*
`,
	Severity: rules.Info,
	Scope:    lint.RuleScope,
	Run: func(p *lint.Pass) {
		eachExclusion(p, func(x *graded) {
			if x.attackerSet(p) {
				p.Report(x.Span(), "an attacker decides about all of "+x.Name()+", by the table of fields", "to hide: "+x.way.How()).Severity = grave(p)
			}
		})
	},
}
