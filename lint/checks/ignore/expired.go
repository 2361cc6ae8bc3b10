package ignore

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var expired = &lint.Check{
	Name:  "ignore/expired",
	Title: "an ignore whose last day has passed",
	Doc:   "An ignore with `until=` is a promise to look again. After that day it has no effect, and the findings that it hid count.",
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image: '**\whoami.exe' # socctl:ignore style/double-wildcard until=2024-01-31 -- converter of the old site
    condition: selection
`,
	Good: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image: '**\whoami.exe' # socctl:ignore style/double-wildcard until=2090-01-31 -- converter of the old site
    condition: selection
`,
	Severity:  rules.Warning,
	Scope:     lint.RuleScope,
	Elsewhere: []string{"pint rule/snooze: not reported there"},
}
