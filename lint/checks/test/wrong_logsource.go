package test

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var wrongLogsource = &lint.Check{
	Name:  "test/wrong-logsource",
	Title: "a test with an event of another logsource than its rule",
	Doc:   "The rule would never be tried on such an event, so that it does not match says nothing. Write `logsource: ignore` into the test if that is meant.",
	Bad: `
-- rule.yml --
title: Whoami
id: 5d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a1
status: test
level: low
date: 2024-05-02
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
-- tests/rule.yml --
tests:
    - name: it runs
      event: {Image: 'C:\Windows\System32\whoami.exe'}
      match: true
    - name: a logon
      event: {Channel: Security, EventID: 4624, Provider_Name: Microsoft-Windows-Security-Auditing, LogonType: 3}
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
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
-- tests/rule.yml --
tests:
    - name: it runs
      event: {Image: 'C:\Windows\System32\whoami.exe'}
      match: true
    - name: another program
      event: {Image: 'C:\Windows\System32\cmd.exe'}
      match: false
`,
	Severity: rules.Warning,
	Scope:    lint.RuleScope,
	Run: func(p *lint.Pass) {
		if p.Compiled == nil || len(p.Tests) == 0 {
			return
		}
		n := p.Corpus.Normaliser()
		for _, t := range p.Tests {
			for _, at := range t.Strays(p.Compiled, n) {
				p.Report(at, "the event does not belong to the logsource of the rule", "correct the event, or write logsource: ignore").
					Also(p.Logsource.Span, p.Logsource.String())
			}
		}
	},
}
