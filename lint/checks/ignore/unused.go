package ignore

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var unused = &lint.Check{
	Name:  "ignore/unused",
	Title: "an ignore that nothing needs",
	Doc:   `The finding is gone, or was never there. A comment that stays would hide the next one.`,
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe' # socctl:ignore style/double-wildcard -- our converter needs both
    condition: selection
`,
	Good: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity:  rules.Warning,
	Scope:     lint.RuleScope,
	Fixable:   true,
	Elsewhere: []string{"staticcheck: unused directives", "golangci-lint nolintlint"},
}
