package schema

import (
	"slices"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var unknownAttribute = &lint.Check{
	Name:  "schema/unknown-attribute",
	Title: `an attribute that Sigma does not define`,
	Doc:   `Sigma allows attributes of one's own. Off, unless a house wants to know of each.`,
	Bad: `
title: Whoami
runbook: https://example.com/runbook
logsource: {category: process_creation, product: windows}
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
	Severity:  rules.Info,
	Off:       true,
	Scope:     lint.RuleScope,
	Options:   []lint.Option{{Name: "allowed", Doc: "attributes that documents may have besides", Default: []string{"regression_tests_path", "simulation", "socctl", "tests", "sigma-version"}}},
	Elsewhere: []string{"sigmahq sigmahq_unknown_field"},
	Run: func(p *lint.Pass) {
		for _, e := range p.Header.Custom {
			if !slices.Contains(p.Texts("allowed"), e.Key.Text) {
				p.Report(e.Key.Span, "Sigma does not define the attribute "+e.Key.Text, "list it under allowed: of this check, or remove it")
			}
		}
	},
}
