package correlation

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var timespanUnit = &lint.Check{
	Name:  "correlation/timespan-unit",
	Title: `a unit of time that is not part of the specification`,
	Doc:   "`w`, `M` and `y` work here. Write days for other tools.",
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
    timespan: 1w
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
    timespan: 7d
    condition: {gte: 3}
`,
	Severity: rules.Warning,
	Scope:    lint.RuleScope,
}
