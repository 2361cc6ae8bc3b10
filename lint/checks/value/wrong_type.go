package value

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var wrongType = &lint.Check{
	Name:  "value/wrong-type",
	Title: `a value that its modifier cannot use`,
	Doc:   "Text for `gt`, a list for `exists`, `null` for `contains`, and so on.",
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        EventID|gt: many
    condition: selection
`,
	Good: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        EventID|gt: 7
    condition: selection
`,
	Severity: rules.Error,
	Scope:    lint.RuleScope,
	Fixed:    true,
}
