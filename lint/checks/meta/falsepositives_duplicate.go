package meta

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var falsepositivesDuplicate = &lint.Check{
	Name:  "meta/falsepositives-duplicate",
	Title: `a false positive that is there twice`,
	Doc:   `The second one says nothing.`,
	Bad: `
title: Whoami
falsepositives:
    - Administrators at work
    - Administrators at work
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Good: `
title: Whoami
falsepositives:
    - Administrators at work
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity:  rules.Info,
	Scope:     lint.RuleScope,
	Fixable:   true,
	Elsewhere: []string{"json-schema uniqueItems of falsepositives"},
	Run: func(p *lint.Pass) {
		reportTwins(p, p.Header.FalsePositives, "false positive")
	},
}
