package meta

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var fieldsDuplicate = &lint.Check{
	Name:  "meta/fields-duplicate",
	Title: `a field that is there twice`,
	Doc:   `The second one says nothing.`,
	Bad: `
title: Whoami
fields:
    - User
    - User
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Good: `
title: Whoami
fields:
    - User
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity:  rules.Info,
	Scope:     lint.RuleScope,
	Fixable:   true,
	Elsewhere: []string{"rsigma duplicate_fields", "json-schema uniqueItems of fields"},
	Run: func(p *lint.Pass) {
		reportTwins(p, p.Header.Fields, "field")
	},
}
