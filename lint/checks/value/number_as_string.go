package value

import (
	"regexp"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var numberAsString = &lint.Check{
	Name:  "value/number-as-string",
	Title: `a number in quotes`,
	Doc:   `Most fields compare numbers and their texts alike; some converters do not.`,
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        EventID: '7'
    condition: selection
`,
	Good: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        EventID: 7
    condition: selection
`,
	Severity:  rules.Info,
	Scope:     lint.RuleScope,
	Elsewhere: []string{"pysigma number_as_string"},
	Run: func(p *lint.Pass) {
		for _, item := range p.Items() {
			for _, v := range item.Values {
				if v.Quoted() && v.Kind == rules.StringScalar && len(item.Modifiers) == 0 && !item.Keywords() && numeric.MatchString(v.Text) {
					p.Report(v.Span, "the number "+v.Text+" is written as a text", "remove the quotes if the field is a number")
				}
			}
		}
	},
}

var numeric = regexp.MustCompile(`^[+-]?[0-9]+$`)
