package test

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var conflict = &lint.Check{
	Name:  "test/conflict",
	Title: "parts of a test that exclude each other",
	Doc:   "Two inputs, `because` with `match: true`, or an expectation that the input does not have. The test is not run.",
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
      file: whoami.evtx
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
	Severity: rules.Error,
	Scope:    lint.RuleScope,
}
