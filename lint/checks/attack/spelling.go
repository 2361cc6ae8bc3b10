package attack

import (
	facts "github.com/socctl/socctl/attack"
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var spelling = &lint.Check{
	Name:  "attack/spelling",
	Title: "a tag that is not spelt as the Sigma specification says",
	Doc:   "Tags are lower case with dashes. Tools that compare texts miss `attack.T1033` and `attack.command_and_control`.",
	Bad: `
title: Whoami
tags:
    - attack.discovery
    - attack.T1033
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Good: `
title: Whoami
tags:
    - attack.discovery
    - attack.t1033
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity:  rules.Info,
	Scope:     lint.RuleScope,
	Fixable:   true,
	Elsewhere: []string{"pysigma attacktag", "rsigma invalid_tag", "elastic TestRuleTags.test_casing_and_spacing"},
	Run: func(p *lint.Pass) {
		report(p, facts.Spelling, "")
	},
}
