package meta

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var levelMissing = &lint.Check{
	Name:  "meta/level-missing",
	Title: `a rule or correlation without a level`,
	Doc:   `Alerts cannot be ranked.`,
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Good: `
title: Whoami
level: low
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity:  rules.Warning,
	Scope:     lint.RuleScope,
	Elsewhere: []string{"sigmahq sigmahq_level_existence", "rsigma missing_level"},
	Run: func(p *lint.Pass) {
		if p.Filter == nil && p.Header.Level.Text == "" {
			p.Report(p.Place(), "the "+p.Kind()+" has no level", "add level: informational, low, medium, high or critical")
		}
	},
}
