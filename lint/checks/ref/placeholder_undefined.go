package ref

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var placeholderUndefined = &lint.Check{
	Name:  "ref/placeholder-undefined",
	Title: `a placeholder without values`,
	Doc:   "`%name%` under `expand` stands for values that the configuration lists under `placeholders:`. Without them the rule is not evaluated.",
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        User|expand: '%Administrators%'
    condition: selection
`,
	Good: `
-- .socctl.yml --
placeholders: {Administrators: [alice]}
-- rule.yml --
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        User|expand: '%Administrators%'
    condition: selection
`,
	Severity: rules.Error,
	Scope:    lint.RuleScope,
	Fixed:    true,
}
