package load

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var emptyFile = &lint.Check{
	Name:  "load/empty-file",
	Title: `a rule file that holds no document`,
	Doc:   `It is empty, or all of it is comments: a rule that was commented out, or whose text was lost, is no longer looked for, and nothing else tells.`,
	Bad: `
# title: Whoami
# logsource: {category: process_creation, product: windows}
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
