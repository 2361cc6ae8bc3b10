package meta

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var deprecatedWithoutReplacement = &lint.Check{
	Name:  "meta/deprecated-without-replacement",
	Title: `a deprecated rule that does not say what replaces it`,
	Doc:   `Who runs it does not know where to go. Name the successor under related.`,
	Bad: `
title: Whoami
status: deprecated
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Good: `
title: Whoami
status: deprecated
related:
    - id: 6d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a2
      type: renamed
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity:  rules.Info,
	Scope:     lint.RuleScope,
	Elsewhere: []string{"rsigma deprecated_without_related"},
	Run: func(p *lint.Pass) {
		if p.Header.Status.Text == "deprecated" && len(p.Header.Related) == 0 {
			p.Report(p.Header.Status.Span, "the rule is deprecated and names no other", "add related: with what takes its place")
		}
	},
}
