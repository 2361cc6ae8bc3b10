package meta

import (
	"strings"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var referenceAttack = &lint.Check{
	Name:  "meta/reference-attack",
	Title: `a reference to a page of ATT&CK`,
	Doc:   `A tag says the same, and tools count it.`,
	Bad: `
title: Whoami
references: [https://attack.mitre.org/techniques/T1033/]
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Good: `
title: Whoami
tags: [attack.discovery, attack.t1033]
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity:  rules.Info,
	Scope:     lint.RuleScope,
	Elsewhere: []string{"sigmahq sigmahq_mitre_link"},
	Run: func(p *lint.Pass) {
		for _, r := range p.Header.References {
			if strings.Contains(r.Text, "://attack.mitre.org/") {
				p.Report(r.Span, "the reference is a page of ATT&CK", "write a tag")
			}
		}
	},
}
