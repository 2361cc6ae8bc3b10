package meta

import (
	"regexp"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var descriptionUrl = &lint.Check{
	Name:  "meta/description-url",
	Title: `a link in the description`,
	Doc:   `Links belong into references, where tools find them.`,
	Bad: `
title: Whoami
description: Somebody ran whoami, see https://example.com/whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Good: `
title: Whoami
description: Somebody ran whoami.
references: [https://example.com/whoami]
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity:  rules.Info,
	Scope:     lint.RuleScope,
	Elsewhere: []string{"sigmahq sigmahq_link_in_description"},
	Run: func(p *lint.Pass) {
		d := p.Header.Description
		if at := link.FindStringIndex(d.Text); at != nil {
			p.Report(d.At(at[0], at[1]), "the description holds a link", "move it to references")
		}
	},
}

var link = regexp.MustCompile(`https?://[^\s<>"']+`)
