package logsource

import (
	"strings"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var letterCase = &lint.Check{
	Name:  "logsource/case",
	Title: `a part of a logsource that is not in lower case`,
	Doc:   `Parts of logsources are lower case. Here they are compared without regard to it, elsewhere not.`,
	Bad: `
title: Whoami
logsource: {category: process_creation, product: Windows}
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
	Severity:  rules.Warning,
	Scope:     lint.RuleScope,
	Fixable:   true,
	Elsewhere: []string{"rsigma logsource_value_not_lowercase"},
	Run: func(p *lint.Pass) {
		if p.Logsource == nil {
			return
		}
		for _, part := range []rules.Scalar{p.Logsource.Category, p.Logsource.Product, p.Logsource.Service} {
			if lower := strings.ToLower(part.Text); lower != part.Text {
				p.Report(part.Span, part.Text+" is not in lower case", "").Replace(part.At(0, len(part.Text)), lower, "write "+lower)
			}
		}
	},
}
