package perf

import (
	"fmt"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var largeList = &lint.Check{
	Name:  "perf/large-list",
	Title: `a list of very many values`,
	Doc:   `Engines that index values do not mind; backends that write one query for the rule reach their limits. Lists of indicators belong into a lookup.`,
	Bad: `
-- .socctl.yml --
lint:
    checks:
        perf/large-list: {max: 3}
-- rule.yml --
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith:
            - '\tool0.exe'
            - '\tool1.exe'
            - '\tool2.exe'
            - '\tool3.exe'
    condition: selection
`,
	Good: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity: rules.Info,
	Scope:    lint.RuleScope,
	Options:  []lint.Option{{Name: "max", Doc: "values that a list may have", Default: 500}},
	Run: func(p *lint.Pass) {
		for _, item := range p.Items() {
			if n := len(item.Values); n > p.Int("max") {
				p.Report(item.Key.Span, fmt.Sprintf("the list has %d values, more than %d", n, p.Int("max")), "keep indicators in a lookup, or split the rule")
			}
		}
	},
}
