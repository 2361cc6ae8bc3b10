package ref

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var notARule = &lint.Check{
	Name:  "ref/not-a-rule",
	Title: `a reference to what is no rule`,
	Doc:   `Correlations are over rules and correlations, not filters or patterns.`,
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
    rules: [whoami, hostname]
    group-by: [User]
    timespan: 5m
    condition: 1 of who*
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
    condition: whoami and hostname
`,
	Severity: rules.Error,
	Scope:    lint.CorpusScope,
	Fixed:    true,
}
