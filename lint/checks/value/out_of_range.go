package value

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var outOfRange = &lint.Check{
	Name:  "value/out-of-range",
	Title: `a part of a time compared with what it can never be`,
	Doc:   `An hour is at most 23.`,
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        UtcTime|hour: 24
    condition: selection
`,
	Good: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        UtcTime|hour: 23
    condition: selection
`,
	Severity: rules.Warning,
	Scope:    lint.RuleScope,
}
