package pipeline

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var compare = &lint.Check{
	Name:  "pipeline/compare",
	Title: `values of different types that a pipeline compares`,
	Doc:   `A text and a number have no order.`,
	Bad: `
-- .socctl.yml --
pipelines: pipelines/p.yml
-- pipelines/p.yml --
name: site
transformations:
    - {type: set_state, key: tier, val: a}
    - {type: nest, items: [], rule_conditions: [{type: processing_state, key: tier, val: 1, op: gt}]}
-- rule.yml --
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
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
