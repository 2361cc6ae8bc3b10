package attack

import (
	facts "github.com/socctl/socctl/attack"
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var deprecated = &lint.Check{
	Name:  "attack/deprecated",
	Title: "a technique that MITRE gave up without a successor",
	Doc:   `The tag counts for nothing in any coverage report of the release.`,
	Bad: `
title: Whoami
tags:
    - attack.discovery
    - attack.t1033
    - attack.t1026
    - attack.execution
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
	Elsewhere: []string{"elastic TestThreatMappings.test_technique_deprecations"},
	Run: func(p *lint.Pass) {
		report(p, facts.DeprecatedTechnique, "choose another technique, or remove the tag")
	},
}
