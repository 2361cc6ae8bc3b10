package value

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var modifierConflict = &lint.Check{
	Name:  "value/modifier-conflict",
	Title: `modifiers that do not go together`,
	Doc:   `They exclude each other, stand in the wrong order, or do not fit the value; docs/conformance.md has the grammar.`,
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|contains|startswith: whoami
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
	Severity:  rules.Error,
	Scope:     lint.RuleScope,
	Fixed:     true,
	Elsewhere: []string{"rsigma incompatible_modifiers"},
}
