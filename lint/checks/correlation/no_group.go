package correlation

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var noGroup = &lint.Check{
	Name:  "correlation/no-group",
	Title: `a correlation without group-by`,
	Doc:   `All matches of all hosts and users are one group. Write it anyway if that is what you want, and ignore the finding with the reason.`,
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
    timespan: 5m
    condition: {gte: 3}
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
	Severity:  rules.Warning,
	Scope:     lint.RuleScope,
	Elsewhere: []string{"sigmahq sigmahq_correlation_group_by_existence", "rsigma missing_group_by"},
}
