package test

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var weakNegative = &lint.Check{
	Name:  "test/weak-negative",
	Title: "a test of no match that is far from matching",
	Doc:   "The event differs from what the rule wants in several parts at once: each of them could be dropped from the rule, and the test would still pass. One that is near shows where the rule ends. The tests are run for it, those of a rule whose tests replay recordings are not: see `socctl test --cover`. A rule of which a test fails is left out.",
	Bad: `
-- rule.yml --
title: Whoami
id: 5d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a1
status: test
level: low
date: 2024-05-02
logsource: {category: process_creation, product: windows}
detection:
    selection_image:
        Image|endswith: '\whoami.exe'
    selection_switch:
        CommandLine|contains: '/all'
    condition: all of selection_*
-- tests/rule.yml --
tests:
    - name: it runs
      event: {Image: 'C:\Windows\System32\whoami.exe', CommandLine: whoami /all}
      match: true
    - name: another program
      event: {Image: 'C:\Windows\System32\cmd.exe', CommandLine: cmd}
      match: false
`,
	Good: `
-- rule.yml --
title: Whoami
id: 5d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a1
status: test
level: low
date: 2024-05-02
logsource: {category: process_creation, product: windows}
detection:
    selection_image:
        Image|endswith: '\whoami.exe'
    selection_switch:
        CommandLine|contains: '/all'
    condition: all of selection_*
-- tests/rule.yml --
tests:
    - name: it runs
      event: {Image: 'C:\Windows\System32\whoami.exe', CommandLine: whoami /all}
      match: true
    - name: only the name
      event: {Image: 'C:\Windows\System32\whoami.exe', CommandLine: whoami}
      match: false
`,
	Severity: rules.Info,
	Scope:    lint.RuleScope,
	Run: func(p *lint.Pass) {
		x := shows(p)
		if x == nil {
			return
		}
		for _, t := range x.weak {
			p.Report(t.Span, "no part of the rule by itself keeps it from matching: the test passes for several reasons", "change the event until one part is the reason, and say which with because:")
		}
	},
}
