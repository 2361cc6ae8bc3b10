package meta

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var dateMissing = &lint.Check{
	Name:  "meta/date-missing",
	Title: `a document without a date`,
	Doc:   `The age of a rule says how much to trust it.`,
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Good: `
title: Whoami
date: 2024-05-02
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity:  rules.Info,
	Scope:     lint.RuleScope,
	Elsewhere: []string{"sigmahq sigmahq_date_existence"},
	Run: func(p *lint.Pass) {
		if p.Header.Date.Text == "" {
			p.Report(p.Place(), "the "+p.Kind()+" has no date", "add date:")
		}
	},
}
