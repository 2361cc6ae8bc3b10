package meta

import (
	"regexp"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var tagD3fend = &lint.Check{
	Name:  "meta/tag-d3fend",
	Title: `a tag of D3FEND that is no id`,
	Doc:   `Only the form is looked at: no facts of D3FEND are embedded.`,
	Bad: `
title: Whoami
tags: [d3fend.what is it]
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Good: `
title: Whoami
tags: [d3fend.d3-pa]
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity:  rules.Info,
	Scope:     lint.RuleScope,
	Elsewhere: []string{"pysigma d3_fendtag: also looks the name up"},
	Run: func(p *lint.Pass) {
		reportForm(p, "d3fend", d3fendForm, "write d3fend.<id>")
	},
}

var d3fendForm = regexp.MustCompile(`^[A-Za-z0-9-]+$`)
