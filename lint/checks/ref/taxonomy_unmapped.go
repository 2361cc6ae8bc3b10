package ref

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var taxonomyUnmapped = &lint.Check{
	Name:  "ref/taxonomy-unmapped",
	Title: `a taxonomy that nothing maps to that of Sigma`,
	Doc:   "The field names of the rule mean something else than they say. Give the pipelines that map them under `taxonomies:` of the configuration.",
	Bad: `
title: Whoami
taxonomy: acme
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
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
