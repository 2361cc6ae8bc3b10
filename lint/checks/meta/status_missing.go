package meta

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var statusMissing = &lint.Check{
	Name:  "meta/status-missing",
	Title: `a document without a status`,
	Doc:   `Without a status nobody knows whether the rule is meant for production.`,
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
status: test
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity:  rules.Info,
	Scope:     lint.RuleScope,
	Elsewhere: []string{"sigmahq sigmahq_status_existence"},
	Run: func(p *lint.Pass) {
		if p.Header.Status.Text == "" {
			p.Report(p.Place(), "the "+p.Kind()+" has no status", "add status:")
		}
	},
}
