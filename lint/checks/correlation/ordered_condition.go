package correlation

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var orderedCondition = &lint.Check{
	Name:  "correlation/ordered-condition",
	Title: `a condition on an ordered temporal correlation`,
	Doc:   "`temporal_ordered` asks for all rules in their order, whatever its condition says.",
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
    type: temporal_ordered
    rules: [whoami, hostname]
    group-by: [User]
    timespan: 5m
    condition: whoami and hostname
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
    type: temporal_ordered
    rules: [whoami, hostname]
    group-by: [User]
    timespan: 5m
`,
	Severity: rules.Warning,
	Scope:    lint.RuleScope,
}
