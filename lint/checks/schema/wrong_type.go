package schema

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var wrongType = &lint.Check{
	Name:  "schema/wrong-type",
	Title: `a value of another shape than Sigma demands`,
	Doc:   `A list for a string, a map for the value of a field, and so on. The message says what is wanted.`,
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: {name: whoami}
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
	Severity:  rules.Error,
	Scope:     lint.RuleScope,
	Fixed:     true,
	Elsewhere: []string{"rsigma schema_violation", "sigmahq-tests validate-sigma-schema", "rsigma condition_value_not_numeric", "rsigma generate_not_boolean", "json-schema type"},
}
