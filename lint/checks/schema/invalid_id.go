package schema

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var invalidID = &lint.Check{
	Name:  "schema/invalid-id",
	Title: `an id that is no UUID`,
	Doc:   `Write 8-4-4-4-12 hexadecimal digits; uuidgen makes one.`,
	Bad: `
title: Whoami
id: whoami-1
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Good: `
title: Whoami
id: 5d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a1
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity:  rules.Error,
	Scope:     lint.RuleScope,
	Fixed:     true,
	Elsewhere: []string{"rsigma invalid_id", "rsigma invalid_related_id", "json-schema uuid"},
}
