package attack

import (
	facts "github.com/socctl/socctl/attack"
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var parentAndSub = &lint.Check{
	Name:  "attack/parent-and-sub",
	Title: "a technique beside one of its sub-techniques",
	Doc:   `A sub-technique implies its parent. Both are right only if the rule detects the technique in further ways.`,
	Bad: `
title: Whoami
tags:
    - attack.discovery
    - attack.t1087
    - attack.t1087.001
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
    - attack.t1087.001
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity: rules.Info,
	Scope:    lint.RuleScope,
	Run: func(p *lint.Pass) {
		report(p, facts.ParentAndSub, "keep the one that the rule is about")
	},
}
