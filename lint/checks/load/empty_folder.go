package load

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var emptyFolder = &lint.Check{
	Name:  "load/empty-folder",
	Title: `a folder that was named and holds no rule file`,
	Doc:   `Only files that end in .yml or .yaml are rules. A check of nothing would always be clean.`,
	Bad: `
-- readme.txt --
no rules here
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
