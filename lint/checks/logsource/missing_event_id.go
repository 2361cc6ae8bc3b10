package logsource

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var missingEventID = &lint.Check{
	Name:  "logsource/missing-event-id",
	Title: `a rule for all of Sysmon that does not say which event`,
	Doc:   `Fields of the same name mean different things in different events.`,
	Bad: `
title: Whoami
logsource: {product: windows, service: sysmon}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Good: `
title: Whoami
logsource: {product: windows, service: sysmon}
detection:
    selection:
        EventID: 1
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity:  rules.Warning,
	Scope:     lint.RuleScope,
	Elsewhere: []string{"sigmahq sigmahq_sysmon_missing_eventid", "sigmahq-tests test_sysmon_rule_without_eventid"},
	Run: func(p *lint.Pass) {
		source := p.Source()
		if p.Rule == nil || source.Service != "sysmon" || source.Category != "" {
			return
		}
		for _, item := range p.Items() {
			if item.Field.Text == "EventID" {
				return
			}
		}
		p.Report(p.Logsource.Span, "the rule is tried on every event of Sysmon", "write a category, or add EventID")
	},
}
