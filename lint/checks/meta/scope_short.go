package meta

import (
	"strings"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var scopeShort = &lint.Check{
	Name:  "meta/scope-short",
	Title: `a scope of one character`,
	Doc:   `The schemas of Sigma ask for two.`,
	Bad: `
title: Whoami
scope: ["-"]
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Good: `
title: Whoami
scope: [servers]
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity:  rules.Warning,
	Scope:     lint.RuleScope,
	Elsewhere: []string{"rsigma scope_too_short", "json-schema minLength of scope"},
	Run: func(p *lint.Pass) {
		for _, f := range p.Header.Scope {
			if len(strings.TrimSpace(f.Text)) < 2 {
				p.Report(f.Span, "the scope says nothing", "name what the rule is meant for, or leave it out")
			}
		}
	},
}
