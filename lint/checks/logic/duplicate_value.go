package logic

import (
	"slices"
	"strconv"
	"strings"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var duplicateValue = &lint.Check{
	Name:  "logic/duplicate-value",
	Title: `a value that stands twice in a list`,
	Doc:   `Letter case does not matter unless a modifier says so. The second one is there by accident, or was to be another.`,
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith:
            - '\whoami.exe'
            - '\WHOAMI.exe'
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
	Fixable:   true,
	Elsewhere: []string{"sigmahq sigmahq_field_duplicate_value", "elastic TestValidRules.test_all_rule_queries_optimized: rewrites the whole query"},
	Run: func(p *lint.Pass) {
		for _, item := range p.Items() {
			exact := slices.ContainsFunc(item.Modifiers, func(m rules.Modifier) bool { return slices.Contains(caseMatters, m.Name) })
			first := map[string]rules.Scalar{}
			for _, v := range item.Values {
				key := v.Kind.String() + v.Text
				if !exact {
					key = strings.ToLower(key)
				}
				before, twice := first[key]
				if !twice {
					first[key] = v
					continue
				}
				p.Report(v.Span, "the value "+strconv.Quote(v.Text)+" is there twice", "remove it, or correct it").Also(before.Span, "first given here").
					FixBy("remove it", lint.EditsOf(lint.RemoveLines(v.Span))...)
			}
		}
	},
}

// caseMatters are the modifiers under which values that differ in letter case
// are different.
var caseMatters = []string{"cased", "re", "base64", "base64offset", "expand"}
