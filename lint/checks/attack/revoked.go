package attack

import (
	facts "github.com/socctl/socctl/attack"
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var revoked = &lint.Check{
	Name:  "attack/revoked",
	Title: "a technique that another has replaced",
	Doc:   `Reports by the configured release no longer know the id. The fix writes the successor.`,
	Bad: `
title: Whoami
tags:
    - attack.execution
    - attack.t1086
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Good: `
title: Whoami
tags:
    - attack.execution
    - attack.t1059.001
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity:  rules.Warning,
	Scope:     lint.RuleScope,
	Fixable:   true,
	Elsewhere: []string{"elastic TestThreatMappings.test_technique_deprecations"},
	Run: func(p *lint.Pass) {
		report(p, facts.RevokedTechnique, "write its successor")
	},
}
