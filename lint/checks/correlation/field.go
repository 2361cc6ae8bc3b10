package correlation

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var field = &lint.Check{
	Name:  "correlation/field",
	Title: `a field in the condition of a correlation that looks at none`,
	Doc:   "Remove it, or use a type that begins with `value_`.",
	Bad: `
-- rule.yml --
title: Whoami
name: whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
-- other.yml --
title: Hostname
name: hostname
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\hostname.exe'
    condition: selection
-- many.yml --
title: Many
correlation:
    type: event_count
    rules: [whoami]
    group-by: [User]
    timespan: 5m
    condition: {gte: 3, field: Image}
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
-- other.yml --
title: Hostname
name: hostname
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\hostname.exe'
    condition: selection
-- many.yml --
title: Many
correlation:
    type: event_count
    rules: [whoami]
    group-by: [User]
    timespan: 5m
    condition: {gte: 3}
`,
	Severity: rules.Warning,
	Scope:    lint.RuleScope,
}
