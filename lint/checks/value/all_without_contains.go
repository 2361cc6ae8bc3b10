package value

import (
	"slices"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var allWithoutContains = &lint.Check{
	Name:  "value/all-without-contains",
	Title: `all on values of which a field can equal one only`,
	Doc:   `A field with one value cannot equal two. It is right for lists, of which it asks that all values are there.`,
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|all:
            - 'a.exe'
            - 'b.exe'
    condition: selection
`,
	Good: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|contains|all:
            - 'a.exe'
            - 'b.exe'
    condition: selection
`,
	Severity:  rules.Warning,
	Scope:     lint.RuleScope,
	Elsewhere: []string{"pysigma invalid_modifier_combinations: AllWithoutContainsModifier"},
	Run: func(p *lint.Pass) {
		for _, item := range p.Items() {
			if item.Keywords() || len(item.Values) < 2 || !item.Has("all") {
				continue
			}
			if !slices.ContainsFunc(item.Modifiers, func(m rules.Modifier) bool { return m.Name != "all" && m.Name != "cased" && m.Name != "windash" }) && !wildcardsEverywhere(item) {
				p.Report(item.Key.Span, "only a list can equal all of these values", "write contains before all if parts of one text are meant")
			}
		}
	},
}

// wildcardsEverywhere reports whether at most one of the values is a plain text.
func wildcardsEverywhere(item *rules.Item) bool {
	plain := 0
	for _, v := range item.Values {
		if v.Kind != rules.StringScalar || unescaped(v.Text, "*?") < 0 {
			plain++
		}
	}
	return plain < 2
}
