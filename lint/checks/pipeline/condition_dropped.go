package pipeline

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var conditionDropped = &lint.Check{
	Name:  "pipeline/condition-dropped",
	Title: `one of several conditions of which pipelines leave nothing`,
	Doc:   `The others still hold. Drop fewer items.`,
	Bad: `
-- .socctl.yml --
pipelines: pipelines/p.yml
-- pipelines/p.yml --
name: site
transformations:
    - {type: drop_detection_item, field_name_conditions: [{type: include_fields, fields: [Image]}]}
-- rule.yml --
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    other:
        User: admin
    condition:
        - selection
        - other
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
