package correlation

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var valueMedian = &lint.Check{
	Name:  "correlation/value-median",
	Title: `value_median, which is not part of the specification`,
	Doc:   "Other tools may not know it; `value_percentile` with 50 is the same.",
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
    type: value_median
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
    condition: {gte: 3, field: EventID, percentile: 50}
`,
	Severity: rules.Warning,
	Scope:    lint.RuleScope,
}
