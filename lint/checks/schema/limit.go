package schema

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var limit = &lint.Check{
	Name:  "schema/limit",
	Title: `a file, document, condition or value that is larger than any real rule`,
	Doc:   `The limits keep a hostile file from using more than a few megabytes; docs/rules.md lists them. In the example the title is too long.`,
	Bad: `
title: Who am I Who am I Who am I Who am I Who am I Who am I Who am I Who am I Who am I Who am I Who am I Who am I Who am I Who am I Who am I Who am I Who am I Who am I Who am I Who am I Who am I Who am I Who am I Who am I Who am I Who am I Who am I Who am I Who am I Who am I 
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
	Elsewhere: []string{"rsigma title_too_long", "rsigma description_too_long", "rsigma name_too_long", "rsigma taxonomy_too_long", "json-schema maxLength"},
}
