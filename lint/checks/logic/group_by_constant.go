package logic

import (
	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/lint/proof"
	"github.com/socctl/socctl/rules"
)

var groupByConstant = &lint.Check{
	Name:  "logic/group-by-constant",
	Title: `a correlation that groups by a field with one value`,
	Doc:   `The rules that it correlates demand that value, so all matches are one group. Proven for fields that hold one value at a time. Another field was meant, or none.`,
	Bad: `
-- rule.yml --
title: Failed Logon
name: failed_logon
logsource: {product: windows, service: security}
detection:
    selection:
        EventID: 4625
    condition: selection
-- many.yml --
title: Many
correlation:
    type: event_count
    rules: [failed_logon]
    group-by: [EventID]
    timespan: 5m
    condition: {gte: 10}
`,
	Good: `
-- rule.yml --
title: Failed Logon
name: failed_logon
logsource: {product: windows, service: security}
detection:
    selection:
        EventID: 4625
    condition: selection
-- many.yml --
title: Many
correlation:
    type: event_count
    rules: [failed_logon]
    group-by: [TargetUserName]
    timespan: 5m
    condition: {gte: 10}
`,
	Severity: rules.Warning,
	Scope:    lint.RuleScope,
	Run: func(p *lint.Pass) {
		c := compiled(p)
		if c == nil {
			return
		}
		for i, name := range p.Correlation.GroupBy {
			pins, ok := pinnedBy(p, c, func(in *compiler.Input) string { return in.GroupBy[i] })
			if ok && len(pins) == 1 {
				finding := p.Report(name.Span, name.Text+" is always "+proof.Quote(pins[0].text)+unlessSpelt, "group by another field")
				if pins[0].at.Known() {
					finding.Also(pins[0].at, "demanded here")
				}
			}
		}
	},
}
