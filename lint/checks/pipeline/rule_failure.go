package pipeline

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var ruleFailure = &lint.Check{
	Name:  "pipeline/rule-failure",
	Title: `a rule that a pipeline rejects`,
	Doc:   "The pipeline says so with `rule_failure`, and why.",
	Bad: `
-- .socctl.yml --
pipelines: pipelines/p.yml
-- pipelines/p.yml --
name: site
transformations:
    - {type: rule_failure, message: not collected here}
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
