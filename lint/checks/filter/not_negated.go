package filter

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var notNegated = &lint.Check{
	Name:  "filter/not-negated",
	Title: `a filter that lets through only what it describes`,
	Doc:   "The condition of a filter is added to that of the rule as it is written. Write `not` to exclude.",
	Bad: `
-- rule.yml --
title: Whoami
name: whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
-- filter.yml --
title: No administrators
logsource: {category: process_creation, product: windows}
filter:
    rules: [whoami]
    selection:
        User: admin
    condition: selection
`,
	Good: `
-- rule.yml --
title: Whoami
name: whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
-- filter.yml --
title: No administrators
logsource: {category: process_creation, product: windows}
filter:
    rules: [whoami]
    selection:
        User: admin
    condition: not selection
`,
	Severity: rules.Warning,
	Scope:    lint.RuleScope,
}
