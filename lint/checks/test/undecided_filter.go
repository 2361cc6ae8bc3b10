package test

import (
	"fmt"

	"github.com/socctl/socctl/evaluator/adequacy"
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var undecidedFilter = &lint.Check{
	Name:  "test/undecided-filter",
	Title: "an exclusion that leaves nothing out in any test",
	Doc:   "No test shows an event that would match if the exclusion were not there: whether it works, and what it hides, nobody has seen. Filter documents count, too. The tests are run for it, those of a rule whose tests replay recordings are not: see `socctl test --cover`. A rule of which a test fails is left out. What is proven never to decide is not asked for.",
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
    filter_inventory:
        ParentImage|endswith: '\inventory.exe'
    condition: selection and not filter_inventory
-- tests/rule.yml --
tests:
    - name: it runs
      event: {Image: 'C:\Windows\System32\whoami.exe', ParentImage: 'C:\Windows\System32\cmd.exe'}
      match: true
    - name: another program
      event: {Image: 'C:\Windows\System32\cmd.exe', ParentImage: 'C:\Tools\inventory.exe'}
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
    filter_inventory:
        ParentImage|endswith: '\inventory.exe'
    condition: selection and not filter_inventory
-- tests/rule.yml --
tests:
    - name: it runs
      event: {Image: 'C:\Windows\System32\whoami.exe', ParentImage: 'C:\Windows\System32\cmd.exe'}
      match: true
    - name: another program
      event: {Image: 'C:\Windows\System32\cmd.exe', ParentImage: 'C:\Tools\inventory.exe'}
      match: false
    - name: the inventory
      event: {Image: 'C:\Windows\System32\whoami.exe', ParentImage: 'C:\Tools\inventory.exe'}
      match: false
      because: filter_inventory
`,
	Severity: rules.Info,
	Scope:    lint.RuleScope,
	Run: func(p *lint.Pass) {
		x := shows(p)
		if x == nil {
			return
		}
		for _, g := range x.gaps {
			if g.Kind == adequacy.Value || !g.excludes {
				continue
			}
			message := fmt.Sprintf("no test is left out by %s alone", g.Name)
			if !g.seen {
				message = fmt.Sprintf("no test has an event that %s is about", g.Name)
			}
			at := g.Span
			if g.Kind == adequacy.Filter {
				at = p.Place() // the filter is of another document
			}
			p.Report(at, message, "add an event that only this keeps from matching, with match: false and because:; socctl new test writes one")
		}
	},
}
