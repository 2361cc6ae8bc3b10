package condition

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var syntax = &lint.Check{
	Name:  "condition/syntax",
	Title: `a condition that cannot be read`,
	Doc:   `It is empty, ends early, has a word too many or a character that no name may have.`,
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: (selection
`,
	Good: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity: rules.Error,
	Scope:    lint.RuleScope,
	Fixed:    true,
}
