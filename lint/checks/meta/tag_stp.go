package meta

import (
	"regexp"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var tagStp = &lint.Check{
	Name:  "meta/tag-stp",
	Title: `a tag of the summiting the pyramid score that is no score`,
	Doc:   `A score is a digit from 1 to 5, and may have a letter of a, u and k.`,
	Bad: `
title: Whoami
tags: [stp.9]
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Good: `
title: Whoami
tags: [stp.3a]
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity:  rules.Warning,
	Scope:     lint.RuleScope,
	Elsewhere: []string{"pysigma stptag"},
	Run: func(p *lint.Pass) {
		reportForm(p, "stp", stpForm, "write stp.1 to stp.5, with a, u or k behind it if known")
	},
}

var stpForm = regexp.MustCompile(`^[1-5][auk]?$`)
