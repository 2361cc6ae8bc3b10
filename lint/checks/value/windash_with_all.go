package value

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var windashWithAll = &lint.Check{
	Name:  "value/windash-with-all",
	Title: `windash together with all`,
	Doc:   `Every value may have any dash; some converters cannot say that of all values at once. Here it works.`,
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        CommandLine|windash|contains|all:
            - ' -a'
            - ' -b'
    condition: selection
`,
	Good: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        CommandLine|windash|contains:
            - ' -a'
            - ' -b'
    condition: selection
`,
	Severity:  rules.Info,
	Scope:     lint.RuleScope,
	Elsewhere: []string{"pysigma invalid_modifier_combinations: WindowsDashCombinedWithAllModifier"},
	Run: func(p *lint.Pass) {
		for _, item := range p.Items() {
			if item.Has("windash") && item.Has("all") {
				p.Report(item.Key.Span, "windash and all stand together", "older converters refuse it: split the values over selections if you need them")
			}
		}
	},
}
