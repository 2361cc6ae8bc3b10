package schema

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var deprecatedAction = &lint.Check{
	Name:  "schema/deprecated-action",
	Title: `action: of Sigma 1, which spreads attributes over documents`,
	Doc:   `It is applied as Sigma 1 says, and other tools ignore it. Write the attributes into every rule.`,
	Bad: `
action: global
title: Whoami
logsource: {category: process_creation, product: windows}
---
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
	Severity: rules.Warning,
	Scope:    lint.RuleScope,
}
