package schema

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var yamlSyntax = &lint.Check{
	Name:  "schema/yaml-syntax",
	Title: `a file that is not YAML`,
	Doc:   `What stands behind the place is not read. Check indentation and quotes of this line and the one before.`,
	Bad: `
title: Whoami
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
	Severity:  rules.Error,
	Scope:     lint.RuleScope,
	Fixed:     true,
	Elsewhere: []string{"rsigma yaml_parse_error"},
}
