package meta

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var tagDuplicate = &lint.Check{
	Name:  "meta/tag-duplicate",
	Title: `a tag that is there twice`,
	Doc:   `The second one says nothing.`,
	Bad: `
title: Whoami
tags:
    - attack.t1033
    - attack.t1033
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Good: `
title: Whoami
tags:
    - attack.t1033
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity:  rules.Warning,
	Scope:     lint.RuleScope,
	Fixable:   true,
	Elsewhere: []string{"pysigma duplicate_tag", "rsigma duplicate_tags", "json-schema uniqueItems of tags", "elastic TestThreatMappings.test_duplicated_tactics"},
	Run: func(p *lint.Pass) {
		reportTwins(p, p.Header.Tags, "tag")
	},
}
