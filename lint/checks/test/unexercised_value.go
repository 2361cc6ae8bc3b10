package test

import (
	"fmt"

	"github.com/socctl/socctl/evaluator/adequacy"
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var unexercisedValue = &lint.Check{
	Name:  "test/unexercised-value",
	Title: "values that no test matches through",
	Doc:   "A value that nobody has seen matter may be misspelt. It matters in a test whose event matches through this value alone or, in an exclusion, is left out through it alone. One finding for each list. The tests are run for it, those of a rule whose tests replay recordings are not: see `socctl test --cover`. A rule of which a test fails is left out. What is proven never to decide is not asked for.",
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
        Image|endswith:
            - '\whoami.exe'
            - '\hostname.exe'
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
        Image|endswith:
            - '\whoami.exe'
            - '\hostname.exe'
    condition: selection
-- tests/rule.yml --
tests:
    - name: it runs
      event: {Image: 'C:\Windows\System32\whoami.exe'}
      match: true
    - name: another program
      event: {Image: 'C:\Windows\System32\cmd.exe'}
      match: false
    - name: the other one
      event: {Image: 'C:\Windows\System32\hostname.exe'}
      match: true
`,
	Severity: rules.Info,
	Scope:    lint.RuleScope,
	Run: func(p *lint.Pass) {
		x := shows(p)
		if x == nil {
			return
		}
		first := map[string]*lint.Finding{}
		count := map[string]int{}
		for _, g := range x.gaps {
			if g.Kind != adequacy.Value {
				continue
			}
			if count[g.In]++; first[g.In] == nil {
				what := "matches"
				if g.excludes {
					what = "is left out"
				}
				first[g.In] = p.Report(g.Span, fmt.Sprintf("no test %s through %s alone", what, g.Name), "socctl new test writes one")
			} else if count[g.In] <= shownValues {
				first[g.In].Also(g.Span, "nor through this one")
			}
		}
		for in, f := range first {
			if more := count[in] - 1; more > 0 {
				f.Message += fmt.Sprintf(", nor through %s of the list", others(more))
			}
		}
	},
}

// shownValues bounds how many values of a list are pointed to.
const shownValues = 5

func others(n int) string {
	if n == 1 {
		return "another one"
	}
	return fmt.Sprintf("%d others", n)
}
