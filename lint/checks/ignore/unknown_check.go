package ignore

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var unknownCheck = &lint.Check{
	Name:  "ignore/unknown-check",
	Title: "an ignore of a check that does not exist, or that cannot be ignored",
	Doc:   `A misspelt name ignores nothing. Checks whose findings keep a rule from being evaluated at all cannot be ignored.`,
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image: '**\whoami.exe' # socctl:ignore style/double-wildcrd -- our converter needs both
    condition: selection
`,
	Good: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image: '**\whoami.exe' # socctl:ignore style/double-wildcard -- our converter needs both
    condition: selection
`,
	Severity: rules.Error,
	Scope:    lint.RuleScope,
	Fixable:  true,
}
