package ref

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var undefinedSelection = &lint.Check{
	Name:  "ref/undefined-selection",
	Title: `a condition that names a selection that is not defined`,
	Doc:   `Correct the name; near ones are proposed.`,
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selektion
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
	Elsewhere: []string{"rsigma condition_references_unknown", "pysigma: refused while parsing"},
}
