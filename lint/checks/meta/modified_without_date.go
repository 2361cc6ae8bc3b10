package meta

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var modifiedWithoutDate = &lint.Check{
	Name:  "meta/modified-without-date",
	Title: `modified without a date`,
	Doc:   `When was the rule written?`,
	Bad: `
title: Whoami
modified: 2024-05-03
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Good: `
title: Whoami
date: 2024-05-02
modified: 2024-05-03
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity:  rules.Warning,
	Scope:     lint.RuleScope,
	Elsewhere: []string{"sigmahq sigmahq_modified_without_date"},
	Run: func(p *lint.Pass) {
		if p.Header.Modified.Present() && !p.Header.Date.Present() {
			p.Report(p.Header.Modified.Span, "modified is given, and date is not", "add date:")
		}
	},
}
