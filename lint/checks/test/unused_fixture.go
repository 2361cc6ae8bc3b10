package test

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var unusedFixture = &lint.Check{
	Name:  "test/unused-fixture",
	Title: "an event of a file of tests that no test uses",
	Doc:   "It looks like a case that is tested, and none is. An event that only others are derived from is used if one of these is. Recordings that no test reads are not looked for: `socctl eval` and other tools may read them.",
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
events:
    renamed: {Image: 'C:\Temp\a.exe', OriginalFileName: whoami.exe}
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
events:
    whoami: {Image: 'C:\Windows\System32\whoami.exe'}
tests:
    - name: it runs
      event: {from: whoami}
      match: true
    - name: another program
      event: {from: whoami, Image: 'C:\Windows\System32\cmd.exe'}
      match: false
`,
	Severity: rules.Warning,
	Scope:    lint.RuleScope,
}
