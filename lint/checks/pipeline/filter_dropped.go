package pipeline

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var filterDropped = &lint.Check{
	Name:  "pipeline/filter-dropped",
	Title: `a filter of which pipelines leave nothing`,
	Doc:   `The rules are no longer filtered by it. Drop fewer items.`,
	Bad: `
-- .socctl.yml --
pipelines: pipelines/p.yml
-- pipelines/p.yml --
name: site
transformations:
    - {type: drop_detection_item, field_name_conditions: [{type: include_fields, fields: [User]}]}
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
	Severity: rules.Warning,
	Scope:    lint.RuleScope,
}
