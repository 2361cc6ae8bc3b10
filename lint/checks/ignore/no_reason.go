package ignore

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var noReason = &lint.Check{
	Name:  "ignore/no-reason",
	Title: "an ignore without a reason",
	Doc:   `Whoever reads the rule next year cannot tell whether the finding was wrong or in the way. An ignore without a reason has no effect.`,
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image: '**\whoami.exe' # socctl:ignore style/double-wildcard
    condition: selection
`,
	Good: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image: '**\whoami.exe' # socctl:ignore style/double-wildcard -- our converter needs both
    condition: selection
`,
	Severity:  rules.Warning,
	Scope:     lint.RuleScope,
	Elsewhere: []string{"staticcheck: the directive is malformed without"},
}
