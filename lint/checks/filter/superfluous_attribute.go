package filter

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var superfluousAttribute = &lint.Check{
	Name:  "filter/superfluous-attribute",
	Title: `a level or a status of a filter`,
	Doc:   `A filter raises no alert, so neither has a meaning.`,
	Bad: `
-- rule.yml --
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
-- filter.yml --
title: No administrators
level: low
logsource: {category: process_creation, product: windows}
filter:
    rules: any
    selection:
        User: admin
    condition: not selection
`,
	Good: `
-- rule.yml --
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
-- filter.yml --
title: No administrators
logsource: {category: process_creation, product: windows}
filter:
    rules: any
    selection:
        User: admin
    condition: not selection
`,
	Severity:  rules.Warning,
	Scope:     lint.RuleScope,
	Fixable:   true,
	Elsewhere: []string{"rsigma filter_has_level", "rsigma filter_has_status"},
	Run: func(p *lint.Pass) {
		if p.Filter == nil {
			return
		}
		for _, key := range []string{"level", "status"} {
			if e := p.Entry(key); e != nil {
				p.Report(e.Key.Span, "a filter has no "+key, "remove it").FixBy("remove "+key, lint.EditsOf(lint.RemoveEntry(e))...)
			}
		}
	},
}
