package value

import (
	"regexp"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var unquotedScalar = &lint.Check{
	Name:  "value/unquoted-scalar",
	Title: `a value that readers of YAML 1.1 and 1.2 take for different things`,
	Doc:   "`00000429` is a number with leading zeros in one and an octal number in the other; `yes`, `12:30` and `2024-01-01` are a boolean, a number and a date in the older one. Quotes decide.",
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Details: 00000429
    condition: selection
`,
	Good: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Details: '00000429'
    condition: selection
`,
	Severity: rules.Info,
	Scope:    lint.RuleScope,
	Run: func(p *lint.Pass) {
		for _, item := range p.Items() {
			for _, v := range item.Values {
				if !v.Quoted() && v.Span.Known() && ambiguous.MatchString(v.Text) {
					p.Report(v.Span, v.Text+" means different things to different readers of YAML", "put it in quotes if a text is meant")
				}
			}
		}
	},
}

// ambiguous has the scalars whose type differs between the core schema of YAML
// 1.2 and the types of YAML 1.1: booleans in words, octal, binary and grouped
// numbers, numbers to the base of 60, and dates.
var ambiguous = regexp.MustCompile(`^(?:[yY]|[nN]|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF|[+-]?0[0-9_]+|[+-]?0b[01_]+|[+-]?[0-9]+_[0-9_]*|[+-]?[0-9]+(?::[0-5]?[0-9])+(?:\.[0-9]*)?|\d{4}-\d{1,2}-\d{1,2})$`)
