package meta

import (
	"regexp"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var tagCve = &lint.Check{
	Name:  "meta/tag-cve",
	Title: `a tag of a vulnerability that is no id`,
	Doc:   `Write the year and the number with a dash.`,
	Bad: `
title: Whoami
tags: [cve.2021.44228]
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Good: `
title: Whoami
tags: [cve.2021-44228]
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity:  rules.Warning,
	Scope:     lint.RuleScope,
	Elsewhere: []string{"pysigma cvetag"},
	Run: func(p *lint.Pass) {
		reportForm(p, "cve", cveForm, "write cve.<year>-<number>")
	},
}

var cveForm = regexp.MustCompile(`^\d+-\d+$`)
