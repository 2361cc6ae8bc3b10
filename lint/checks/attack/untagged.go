package attack

import (
	facts "github.com/socctl/socctl/attack"
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var untagged = &lint.Check{
	Name:  "attack/untagged",
	Title: "a rule without any tag of ATT&CK",
	Doc:   `The rule counts in no report of coverage.`,
	Bad: `
title: Whoami
tags:
    - tlp.clear
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Good: `
title: Whoami
tags:
    - tlp.clear
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
	Elsewhere: []string{"rsigma: counted in its coverage report"},
	Run: func(p *lint.Pass) {
		if p.Filter == nil { // it detects nothing
			report(p, facts.Untagged, "add the technique that the rule detects")
		}
	},
}
