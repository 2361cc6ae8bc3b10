package filter

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var correlation = &lint.Check{
	Name:  "filter/correlation",
	Title: `a filter of a correlation`,
	Doc:   `A filter works on events, and a correlation has none of its own. Name the rules that it correlates.`,
	Bad: `
-- rule.yml --
title: Whoami
name: whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
-- many.yml --
title: Many
name: many
correlation:
    type: event_count
    rules: [whoami]
    group-by: [User]
    timespan: 5m
    condition: {gte: 3}
-- filter.yml --
title: No administrators
logsource: {category: process_creation, product: windows}
filter:
    rules: [many]
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
