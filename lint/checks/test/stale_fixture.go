package test

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var staleFixture = &lint.Check{
	Name:  "test/stale-fixture",
	Title: "a test whose recording is not there",
	Doc:   "The test cannot run, so it proves nothing. Recordings that are fetched apart from the rules are excused by `test: {allow-missing-recordings: true}` for the command test; here, turn the check off or ignore it.",
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
    - name: another program
      event: {Image: 'C:\Windows\System32\cmd.exe'}
      match: false
    - name: recorded
      file: recordings/whoami.evtx
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
	Elsewhere: []string{"sigmahq-tests regression_tests_runner"},
	Run: func(p *lint.Pass) {
		for _, t := range p.Tests {
			if d, missing := t.Missing(); missing {
				p.Report(d.Span, d.Message, "fetch it, or correct the path").Also(p.Place(), "the rule that it tests")
			}
		}
	},
}
