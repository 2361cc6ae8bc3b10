package meta

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var idMissing = &lint.Check{
	Name:  "meta/id-missing",
	Title: `a document without an id`,
	Doc:   `Alerts, verdicts, filters and correlations know a document by its id. A title changes.`,
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
id: 5d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a1
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity:  rules.Warning,
	Scope:     lint.RuleScope,
	Elsewhere: []string{"pysigma identifier_existence"},
	Run: func(p *lint.Pass) {
		if p.Header.ID.Text == "" {
			p.Report(p.Place(), "the "+p.Kind()+" has no id", "add id:")
		}
	},
}
