package ref

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var undefinedRule = &lint.Check{
	Name:  "ref/undefined-rule",
	Title: `a condition of a correlation that names a rule not among its rules`,
	Doc:   "Add it to `rules`.",
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
