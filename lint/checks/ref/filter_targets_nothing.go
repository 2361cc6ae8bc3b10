package ref

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var filterTargetsNothing = &lint.Check{
	Name:    "ref/filter-targets-nothing",
	Aliases: []string{"filter/no-rule"},
	Title:   `a filter that applies to no rule`,
	Doc:     `Check its rules and its logsource.`,
	Bad: `
-- rule.yml --
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
-- filter.yml --
title: No administrators
logsource: {category: process_creation, product: linux}
filter:
    rules: any
    selection:
        User: admin
    condition: not selection
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
-- filter.yml --
title: No administrators
logsource: {category: process_creation, product: windows}
filter:
    rules: [whoami]
    selection:
        User: admin
    condition: not selection
`,
	Severity: rules.Warning,
	Scope:    lint.CorpusScope,
}
