package ref

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var unreferenceableSelection = &lint.Check{
	Name:  "ref/unreferenceable-selection",
	Title: `a selection whose name no condition can write`,
	Doc:   "Only a pattern reaches it. Use letters, digits, `_` and `-`.",
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection a:
        Image|endswith: '\whoami.exe'
    condition: 1 of selection*
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
