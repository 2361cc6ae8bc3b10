package value

import (
	"strings"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var wildcardOnly = &lint.Check{
	Name:  "value/wildcard-only",
	Title: `a value that is nothing but a wildcard`,
	Doc:   "It asks that the field is there with any text. `exists: true` says so, and also holds for numbers, lists and empty texts.",
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image: '*'
    condition: selection
`,
	Good: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|exists: true
    condition: selection
`,
	Severity:  rules.Info,
	Scope:     lint.RuleScope,
	Elsewhere: []string{"rsigma wildcard_only_value: its fix changes what null and numbers match"},
	Run: func(p *lint.Pass) {
		for _, item := range p.Items() {
			for _, v := range item.Values {
				if v.Kind == rules.StringScalar && !item.Keywords() && !item.Has("re") && v.Text != "" && strings.Trim(v.Text, "*") == "" {
					p.Report(v.Span, "the value matches any text", "write "+item.Field.Text+"|exists: true if any value is meant")
				}
			}
		}
	},
}
