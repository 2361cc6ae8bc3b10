package schema

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var notAMapping = &lint.Check{
	Name:  "schema/not-a-mapping",
	Title: `a document that is a list or a scalar`,
	Doc:   "Write a map of attributes; check for a stray `---`. A file that is not Sigma at all does not belong among the rules.",
	Bad: `
just some text
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
	Elsewhere: []string{"rsigma not_a_mapping"},
}
