package meta

import (
	"regexp"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var tagCar = &lint.Check{
	Name:  "meta/tag-car",
	Title: `a tag of the Cyber Analytics Repository that is no id`,
	Doc:   `An id has a year and a month.`,
	Bad: `
title: Whoami
tags: [car.whoami]
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Good: `
title: Whoami
tags: [car.2016-03-001]
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity:  rules.Warning,
	Scope:     lint.RuleScope,
	Elsewhere: []string{"pysigma cartag"},
	Run: func(p *lint.Pass) {
		reportForm(p, "car", carForm, "write car.<year>-<month>-<number>")
	},
}

var carForm = regexp.MustCompile(`^\d{4}-\d{2}-\d{3}$`)
