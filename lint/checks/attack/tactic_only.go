package attack

import (
	facts "github.com/socctl/socctl/attack"
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var tacticOnly = &lint.Check{
	Name:  "attack/tactic-only",
	Title: "tactics without a technique",
	Doc:   `A tactic says why, not what. Coverage is counted by technique, so the rule counts for none.`,
	Bad: `
title: Whoami
tags:
    - attack.discovery
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
	Severity: rules.Info,
	Scope:    lint.RuleScope,
	Run: func(p *lint.Pass) {
		report(p, facts.TacticOnly, "add the technique that the rule detects")
	},
}
