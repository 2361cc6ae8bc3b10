package meta

import (
	"regexp"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var tagDetection = &lint.Check{
	Name:  "meta/tag-detection",
	Title: `a tag of the namespace detection that is not defined`,
	Doc:   `The specification defines three.`,
	Bad: `
title: Whoami
tags: [detection.hunting]
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Good: `
title: Whoami
tags: [detection.threat-hunting]
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity:  rules.Warning,
	Scope:     lint.RuleScope,
	Elsewhere: []string{"pysigma detection_tag", "sigmahq sigmahq_tags_detection"},
	Run: func(p *lint.Pass) {
		reportForm(p, "detection", detectionForm, "write detection.dfir, emerging-threats or threat-hunting")
	},
}

var detectionForm = regexp.MustCompile(`^(?:dfir|emerging-threats|threat-hunting)$`)
