package field

import (
	"strings"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var hasSpace = &lint.Check{
	Name:  "field/has-space",
	Title: `a field with a blank in its name`,
	Doc:   `No source has such fields; often two names ran together.`,
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        'Image Path|endswith': '\whoami.exe'
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
	Severity:  rules.Warning,
	Scope:     lint.RuleScope,
	Elsewhere: []string{"sigmahq sigmahq_space_field_name"},
	Run: func(p *lint.Pass) {
		for _, item := range p.Items() {
			if strings.ContainsAny(item.Field.Text, " \t") {
				p.Report(item.Field.Span, "the name of the field has a blank in it", "correct the name")
			}
		}
	},
}
