package meta

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var fieldsAttribute = &lint.Check{
	Name:  "meta/fields-attribute",
	Title: `the attribute fields, which the specification gave up`,
	Doc:   `What an alert shows is up to the tool that shows it.`,
	Bad: `
title: Whoami
fields: [User]
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Good: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity:  rules.Info,
	Scope:     lint.RuleScope,
	Elsewhere: []string{"sigmahq sigmahq_fields_existence"},
	Run: func(p *lint.Pass) {
		if e := p.Entry("fields"); e != nil {
			p.Report(e.Key.Span, "the attribute fields is deprecated", "remove it")
		}
	},
}
