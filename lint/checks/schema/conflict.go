package schema

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var conflict = &lint.Check{
	Name:  "schema/conflict",
	Title: `an attribute that is given twice, with different values`,
	Doc:   "`generate` stands in the document and in its correlation, and they say different things.",
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
generate: true
correlation:
    type: event_count
    rules: [whoami]
    group-by: [User]
    timespan: 5m
    generate: false
    condition: {gte: 3}
`,
	Good: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity: rules.Error,
	Scope:    lint.RuleScope,
	Fixed:    true,
}
