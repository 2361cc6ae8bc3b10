package meta

import (
	"fmt"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var dateOrder = &lint.Check{
	Name:  "meta/date-order",
	Title: "the rule was modified before it was written",
	Doc: `A rule cannot have been modified before its date. One of the two is a slip, often of the year, and
whoever sorts rules by age is misled.`,
	Bad: `
title: Whoami
date: 2024-05-02
modified: 2023-05-03
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Good: `
title: Whoami
date: 2024-05-02
modified: 2024-05-03
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity:  rules.Warning,
	Scope:     lint.RuleScope,
	Elsewhere: []string{"sigmahq sigmahq_modified_date_order", "rsigma modified_before_date", "elastic TestRuleMetadata.test_updated_date_newer_than_creation"},
	Run: func(p *lint.Pass) {
		date, modified := p.Header.Date, p.Header.Modified
		// Dates that are none are found by reading the rule.
		if date.Text == "" || len(date.Text) != len(modified.Text) || modified.Text >= date.Text {
			return
		}
		p.Report(modified.Span, fmt.Sprintf("modified %s lies before the date %s", modified.Text, date.Text), "correct the one that is wrong").
			Also(date.Span, "written on this day")
	},
}
