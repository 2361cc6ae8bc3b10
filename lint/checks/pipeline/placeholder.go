package pipeline

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var placeholder = &lint.Check{
	Name:  "pipeline/placeholder",
	Title: `a placeholder to which a pipeline has no values`,
	Doc:   "Add the variable under `vars` of the pipeline.",
	Bad: `
-- .socctl.yml --
pipelines: pipelines/p.yml
-- pipelines/p.yml --
name: site
transformations:
    - {type: value_placeholders}
-- rule.yml --
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        User|expand: '%admins%'
    condition: selection
`,
	Good: `
-- .socctl.yml --
pipelines: pipelines/p.yml
-- pipelines/p.yml --
name: site
transformations:
    - {type: value_placeholders}
vars:
    admins: [alice]
-- rule.yml --
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        User|expand: '%admins%'
    condition: selection
`,
	Severity: rules.Error,
	Scope:    lint.RuleScope,
	Fixed:    true,
}
