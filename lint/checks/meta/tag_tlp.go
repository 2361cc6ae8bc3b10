package meta

import (
	"regexp"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var tagTlp = &lint.Check{
	Name:  "meta/tag-tlp",
	Title: `a tag of the traffic light protocol that is no colour`,
	Doc:   `Version 2 has clear, green, amber, amber-strict and red; version 1 had white.`,
	Bad: `
title: Whoami
tags: [tlp.yellow]
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Good: `
title: Whoami
tags: [tlp.amber]
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity:  rules.Warning,
	Scope:     lint.RuleScope,
	Elsewhere: []string{"pysigma tlptag", "pysigma tlpv1_tag", "pysigma tlpv2_tag", "sigmahq sigmahq_tags_tlp: clear only"},
	Run: func(p *lint.Pass) {
		reportForm(p, "tlp", tlpForm, "write tlp.clear, green, amber, amber-strict or red")
	},
}

var tlpForm = regexp.MustCompile(`^(?:clear|white|green|amber|amber-strict|red)$`)
