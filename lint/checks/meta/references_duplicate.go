package meta

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var referencesDuplicate = &lint.Check{
	Name:  "meta/references-duplicate",
	Title: `a reference that is there twice`,
	Doc:   `The second one says nothing.`,
	Bad: `
title: Whoami
references:
    - https://example.com/whoami
    - https://example.com/whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Good: `
title: Whoami
references:
    - https://example.com/whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity:  rules.Warning,
	Scope:     lint.RuleScope,
	Fixable:   true,
	Elsewhere: []string{"pysigma duplicate_references", "rsigma duplicate_references", "json-schema uniqueItems of references"},
	Run: func(p *lint.Pass) {
		reportTwins(p, p.Header.References, "reference")
	},
}
