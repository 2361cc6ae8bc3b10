package test

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var unknownType = &lint.Check{
	Name:  "test/unknown-type",
	Title: "a recording of a type that cannot be read",
	Doc:   "An `info.yml` of SigmaHQ names a type other than evtx and json.",
	Bad: `
-- rule.yml --
title: Whoami
id: 5d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a1
status: test
level: low
date: 2024-05-02
regression_tests_path: rules/data/info.yml
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
-- rules/data/info.yml --
id: 1d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a1
regression_tests_info:
    - name: recorded
      type: pcap
      path: rules/data/whoami.pcap
      match_count: 1
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
