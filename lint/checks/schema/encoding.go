package schema

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var encoding = &lint.Check{
	Name:  "schema/encoding",
	Title: `a file that is not UTF-8`,
	Doc:   `Save it as UTF-8. The title of the example has a letter of another encoding.`,
	Bad:   "\ntitle: Caf\xe9\n",
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
