package test

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var notATest = &lint.Check{
	Name:  "test/not-a-test",
	Title: "a YAML file among the tests that is none",
	Doc:   "It is not read. Move it elsewhere, or add `tests:`.",
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
    - name: another program
      event: {Image: 'C:\Windows\System32\cmd.exe'}
      match: false
-- tests/notes.yml --
what: notes
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
}
