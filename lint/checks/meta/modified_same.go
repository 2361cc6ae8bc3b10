package meta

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var modifiedSame = &lint.Check{
	Name:  "meta/modified-same",
	Title: `modified on the day of the date`,
	Doc:   `It says nothing, and looks like a change.`,
	Bad: `
title: Whoami
date: 2024-05-02
modified: 2024-05-02
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
	Fixable:   true,
	Elsewhere: []string{"sigmahq sigmahq_redundant_modified"},
	Run: func(p *lint.Pass) {
		date, modified := p.Header.Date, p.Header.Modified
		if date.Text == "" || date.Text != modified.Text {
			return
		}
		p.Report(modified.Span, "modified is the same day as date", "remove it").FixBy("remove modified", lint.EditsOf(lint.RemoveEntry(p.Entry("modified")))...)
	},
}
