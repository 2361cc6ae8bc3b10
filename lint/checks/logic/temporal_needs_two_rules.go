package logic

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var temporalNeedsTwoRules = &lint.Check{
	Name:    "logic/temporal-needs-two-rules",
	Aliases: []string{"correlation/single-rule"},
	Title:   `a temporal correlation of one rule`,
	Doc:     `It fires on every match of that rule. List at least two.`,
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
    type: temporal
    rules: [whoami]
    group-by: [User]
    timespan: 5m
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
    type: temporal
    rules: [whoami, hostname]
    group-by: [User]
    timespan: 5m
`,
	Severity:  rules.Warning,
	Scope:     lint.RuleScope,
	Elsewhere: []string{"sigmahq sigmahq_correlation_rules_minimum"},
}
