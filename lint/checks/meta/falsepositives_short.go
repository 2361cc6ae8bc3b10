package meta

import (
	"strings"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var falsepositivesShort = &lint.Check{
	Name:  "meta/falsepositives-short",
	Title: `a false positive of one character`,
	Doc:   `The schemas of Sigma ask for two.`,
	Bad: `
title: Whoami
falsepositives: ["-"]
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Good: `
title: Whoami
falsepositives: [Inventory scripts]
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity:  rules.Warning,
	Scope:     lint.RuleScope,
	Elsewhere: []string{"rsigma falsepositive_too_short", "json-schema minLength of falsepositives"},
	Run: func(p *lint.Pass) {
		for _, f := range p.Header.FalsePositives {
			if len(strings.TrimSpace(f.Text)) < 2 {
				p.Report(f.Span, "the false positive says nothing", "name what is benign and looks the same, or leave it out")
			}
		}
	},
}
