package schema

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var duplicateKey = &lint.Check{
	Name:  "schema/duplicate-key",
	Title: `a key that stands twice in one map`,
	Doc:   `A YAML reader keeps one of the two and drops the other without a word.`,
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
title: Again
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
	Elsewhere: []string{"sigmahq-tests: refused by its YAML reader"},
}
