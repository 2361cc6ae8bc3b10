package pipeline

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var ambiguousField = &lint.Check{
	Name:  "pipeline/ambiguous-field",
	Title: `a field of a correlation that a pipeline maps to several`,
	Doc:   `It can be grouped by one only.`,
	Bad: `
-- .socctl.yml --
pipelines: pipelines/p.yml
-- pipelines/p.yml --
name: site
transformations:
    - {type: field_name_mapping, mapping: {User: [user.name, user.id]}}
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
correlation:
    type: value_count
    rules: [whoami]
    group-by: [Image]
    timespan: 5m
    condition: {gte: 3, field: User}
`,
	Good: `
-- .socctl.yml --
pipelines: pipelines/p.yml
-- pipelines/p.yml --
name: site
transformations:
    - {type: field_name_mapping, mapping: {Image: process.path}}
-- rule.yml --
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
