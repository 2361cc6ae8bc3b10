package value

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var modifierRepeated = &lint.Check{
	Name:  "value/modifier-repeated",
	Title: `a modifier that is given twice`,
	Doc:   "Remove one. Only `base64` may be applied again.",
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|contains|contains: whoami
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
	Severity:  rules.Error,
	Scope:     lint.RuleScope,
	Fixed:     true,
	Elsewhere: []string{"pysigma invalid_modifier_combinations: ModifierAppliedMultiple"},
}
