package correlation

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var percentile = &lint.Check{
	Name:  "correlation/percentile",
	Title: `a percentile that is missing, or means nothing`,
	Doc:   `Without one, 50 is taken.`,
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
    type: value_percentile
    rules: [whoami]
    group-by: [User]
    timespan: 5m
    condition: {gte: 3, field: EventID}
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
    type: value_percentile
    rules: [whoami]
    group-by: [User]
    timespan: 5m
    condition: {gte: 3, field: EventID, percentile: 95}
`,
	Severity: rules.Warning,
	Scope:    lint.RuleScope,
}
