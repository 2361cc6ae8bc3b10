package test

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var noNegative = &lint.Check{
	Name:  "test/no-negative",
	Title: "a rule that is only tested to match",
	Doc:   `A test that a rule fires passes just as well if the rule fires on everything. An event that is near and must not match shows where the rule ends.`,
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
	Severity:  rules.Warning,
	Scope:     lint.RuleScope,
	Elsewhere: []string{"panther: --minimum-tests asks for one of each"},
	Run: func(p *lint.Pass) {
		for _, t := range p.Tests {
			if t.Negative() {
				return
			}
		}
		if len(p.Tests) > 0 {
			p.Report(p.Place(), "no test says what the rule must not match", "add an event that is near, with match: false").
				Also(p.Tests[0].Span, "tested here to match")
		}
	},
}
