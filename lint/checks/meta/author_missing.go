package meta

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var authorMissing = &lint.Check{
	Name:  "meta/author-missing",
	Title: `a document without an author`,
	Doc:   `Nobody to ask.`,
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
author: A. Nalyst
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity:  rules.Info,
	Scope:     lint.RuleScope,
	Elsewhere: []string{"sigmahq sigmahq_author_existence", "rsigma missing_author"},
	Run: func(p *lint.Pass) {
		if p.Header.Author.Text == "" {
			p.Report(p.Place(), "the "+p.Kind()+" has no author", "add author:")
		}
	},
}
