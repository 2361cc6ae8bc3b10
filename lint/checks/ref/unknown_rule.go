package ref

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var unknownRule = &lint.Check{
	Name:  "ref/unknown-rule",
	Title: `a reference that no document answers to`,
	Doc:   `Check the id or name, and that the rule is among those that are loaded.`,
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
    rules: [woami]
    group-by: [User]
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
	Severity:  rules.Error,
	Scope:     lint.CorpusScope,
	Fixed:     true,
	Elsewhere: []string{"rsigma unknown_rule_reference"},
}
