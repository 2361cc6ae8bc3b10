package correlation

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var emptyGroup = &lint.Check{
	Name:  "correlation/empty-group",
	Title: `a condition that asks for a count of nothing`,
	Doc:   `A group exists only once a match is in it, so the absence of events cannot be detected.`,
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
    condition: {eq: 0}
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
