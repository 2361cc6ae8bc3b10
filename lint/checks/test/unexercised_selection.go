package test

import (
	"fmt"

	"github.com/socctl/socctl/evaluator/adequacy"
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var unexercisedSelection = &lint.Check{
	Name:  "test/unexercised-selection",
	Title: "a selection that no test matches through",
	Doc:   "Nobody has seen the rule match because of this selection: a mistake in it goes unnoticed. The tests are run for it, those of a rule whose tests replay recordings are not: see `socctl test --cover`. A rule of which a test fails is left out. What is proven never to decide is not asked for.",
	Bad: `
-- rule.yml --
title: Whoami
id: 5d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a1
status: test
level: low
date: 2024-05-02
logsource: {category: process_creation, product: windows}
detection:
    selection_path:
        Image|endswith: '\whoami.exe'
    selection_renamed:
        OriginalFileName: whoami.exe
    condition: 1 of selection_*
-- tests/rule.yml --
tests:
    - name: it runs
      event: {Image: 'C:\Windows\System32\whoami.exe', OriginalFileName: x.exe}
      match: true
    - name: another program
      event: {Image: 'C:\Windows\System32\cmd.exe', OriginalFileName: Cmd.Exe}
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
    selection_path:
        Image|endswith: '\whoami.exe'
    selection_renamed:
        OriginalFileName: whoami.exe
    condition: 1 of selection_*
-- tests/rule.yml --
tests:
    - name: it runs
      event: {Image: 'C:\Windows\System32\whoami.exe', OriginalFileName: x.exe}
      match: true
    - name: another program
      event: {Image: 'C:\Windows\System32\cmd.exe', OriginalFileName: Cmd.Exe}
      match: false
    - name: under another name
      event: {Image: 'C:\Temp\w.exe', OriginalFileName: whoami.exe}
      match: true
`,
	Severity: rules.Info,
	Scope:    lint.RuleScope,
	Run: func(p *lint.Pass) {
		x := shows(p)
		if x == nil {
			return
		}
		for _, g := range x.gaps {
			if g.Kind != adequacy.Selection || g.excludes {
				continue
			}
			message := fmt.Sprintf("no test matches because of %s", g.Name)
			if !g.seen {
				message = fmt.Sprintf("no test has an event on which %s holds", g.Name)
			}
			p.Report(g.Span, message, "socctl new test writes one")
		}
	},
}
