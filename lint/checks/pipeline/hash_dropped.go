package pipeline

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var hashDropped = &lint.Check{
	Name:  "pipeline/hash-dropped",
	Title: `a hash of a kind that a pipeline does not search`,
	Doc:   "Add its kind to `valid_hash_algos`. It is an error if no hash is left.",
	Bad: `
-- .socctl.yml --
pipelines: pipelines/p.yml
-- pipelines/p.yml --
name: site
transformations:
    - {type: hashes_fields, valid_hash_algos: [SHA256], field_prefix: file.}
-- rule.yml --
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Hashes|contains:
            - 'MD5=0123456789abcdef0123456789abcdef'
            - 'SHA256=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef'
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
	Severity: rules.Warning,
	Scope:    lint.RuleScope,
}
