package attack

import (
	facts "github.com/socctl/socctl/attack"
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var tacticUnsupported = &lint.Check{
	Name:  "attack/tactic-unsupported",
	Title: "a tactic that no technique of the rule belongs to",
	Doc:   `Often what is left of an older release in which the technique had that tactic, or a slip. A rule may mean the tactic on purpose: then ignore the finding with the reason.`,
	Bad: `
title: Whoami
tags:
    - attack.impact
    - attack.discovery
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
    - attack.discovery
    - attack.t1033
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity:  rules.Warning,
	Scope:     lint.RuleScope,
	Elsewhere: []string{"elastic TestThreatMappings.test_tactic_to_technique_correlations"},
	Run: func(p *lint.Pass) {
		report(p, facts.TacticWithoutTechnique, "remove the tactic, or add the technique that belongs to it")
	},
}
