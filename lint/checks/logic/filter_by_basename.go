package logic

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var filterByBasename = &lint.Check{
	Name:  "logic/filter-by-basename",
	Title: `an exclusion by the name of a program alone`,
	Doc: `Everybody names his program as he likes. Give the whole path, from the drive on: who writes below C:\Program Files has administrator rights already.

It is advice: what a path says of who may write there is a matter of a table (docs/filter-audit.md) that the configuration can override. Rules that exclude a
program under its own name because they look for it under others are left alone. ` + "`socctl filter audit`" + ` tells by which paths other rules exclude the same program.`,
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    filter_main_agent:
        ParentImage|endswith: '\agent.exe'
    condition: selection and not 1 of filter_main_*
`,
	Good: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    filter_main_agent:
        ParentImage: 'C:\Program Files\Contoso\agent.exe'
    condition: selection and not 1 of filter_main_*
`,
	Severity: rules.Info,
	Scope:    lint.RuleScope,
	Run: func(p *lint.Pass) {
		eachExclusion(p, func(x *graded) {
			if x.byBasename(p) {
				p.Report(x.Span(), "the name of a file decides about "+x.Name(), "to hide: "+x.way.How()+"; give its path from the drive on")
			}
		})
	},
}
