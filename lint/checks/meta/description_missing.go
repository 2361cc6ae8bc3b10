package meta

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var descriptionMissing = &lint.Check{
	Name:  "meta/description-missing",
	Title: `a document without a description`,
	Doc:   `Whoever gets the alert at night reads the description first.`,
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
description: Somebody asked the system who they are.
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity:  rules.Info,
	Scope:     lint.RuleScope,
	Elsewhere: []string{"sigmahq sigmahq_description_existence", "rsigma missing_description"},
	Run: func(p *lint.Pass) {
		if p.Header.Description.Text == "" {
			p.Report(p.Place(), "the "+p.Kind()+" has no description", "add description:")
		}
	},
}
