package value

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var allOnSingleValue = &lint.Check{
	Name:  "value/all-on-single-value",
	Title: `the modifier all on a single value`,
	Doc:   `All of one value is that value. Often the list lost its other values.`,
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        CommandLine|contains|all: whoami
    condition: selection
`,
	Good: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        CommandLine|contains: whoami
    condition: selection
`,
	Severity:  rules.Warning,
	Scope:     lint.RuleScope,
	Fixable:   true,
	Elsewhere: []string{"sigmahq sigmahq_invalid_all_modifier", "rsigma single_value_all_modifier", "rsigma all_with_re: here re|all is meaningful, and only a single value is reported"},
	Run: func(p *lint.Pass) {
		for _, item := range p.Items() {
			if item.Keywords() || len(item.Values) != 1 || !item.Has("all") {
				continue
			}
			for _, m := range item.Modifiers {
				if m.Name == "all" {
					at := modifierWithBar(item, m)
					p.Report(m.Span, "all has one value only to join", "add the missing values, or remove it").Replace(at, "", "remove |all")
				}
			}
		}
	},
}
