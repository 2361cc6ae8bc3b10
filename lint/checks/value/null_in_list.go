package value

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var nullInList = &lint.Check{
	Name:  "value/null-in-list",
	Title: `null in a list of values`,
	Doc:   `Some converters drop it without a word. Write the missing field as an alternative of its own.`,
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image:
            - null
            - 'a.exe'
    condition: selection
`,
	Good: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image: null
    condition: selection
`,
	Severity:  rules.Warning,
	Scope:     lint.RuleScope,
	Elsewhere: []string{"rsigma null_in_value_list"},
	Run: func(p *lint.Pass) {
		for _, item := range p.Items() {
			for _, v := range item.Values {
				if item.List && len(item.Values) > 1 && v.Kind == rules.NullScalar {
					p.Report(v.Span, "null stands among values", "write a selection of its own for the missing field")
				}
			}
		}
	},
}
