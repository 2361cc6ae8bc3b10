package condition

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var keywordCase = &lint.Check{
	Name:  "condition/keyword-case",
	Title: `AND, Or, NOT or ALL of that is not in lower case`,
	Doc:   `The condition language is in lower case; other tools take such a word for the name of a selection.`,
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: NOT selection
`,
	Good: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: not selection
`,
	Severity: rules.Error,
	Scope:    lint.RuleScope,
	Fixed:    true,
}
