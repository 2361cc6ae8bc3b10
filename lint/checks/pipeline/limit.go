package pipeline

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var limit = &lint.Check{
	Name:  "pipeline/limit",
	Title: `a rule that pipelines make too large`,
	Doc:   `Map to fewer fields or values.`,
	Bad: `
-- .socctl.yml --
pipelines: pipelines/p.yml
-- pipelines/p.yml --
name: site
transformations:
    - {type: field_name_mapping, mapping: {Image: [Image, Image, Image, Image, Image, Image, Image, Image, Image, Image]}}
    - {type: field_name_mapping, mapping: {Image: [Image, Image, Image, Image, Image, Image, Image, Image, Image, Image]}}
    - {type: field_name_mapping, mapping: {Image: [Image, Image, Image, Image, Image, Image, Image, Image, Image, Image]}}
    - {type: field_name_mapping, mapping: {Image: [Image, Image, Image, Image, Image, Image, Image, Image, Image, Image]}}
    - {type: field_name_mapping, mapping: {Image: [Image, Image, Image, Image, Image, Image, Image, Image, Image, Image]}}
    - {type: field_name_mapping, mapping: {Image: [Image, Image, Image, Image, Image, Image, Image, Image, Image, Image]}}
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
