package logsource

import (
	"strings"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var sourceEventlog = &lint.Check{
	Name:  "logsource/source-eventlog",
	Title: `a selection of Source: Eventlog`,
	Doc:   `That is how one product shows events, not a field that they have.`,
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Source: Eventlog
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
	Severity:  rules.Warning,
	Scope:     lint.RuleScope,
	Elsewhere: []string{"sigmahq-tests test_source_eventlog"},
	Run: func(p *lint.Pass) {
		for _, item := range p.Items() {
			for _, v := range item.Values {
				if item.Field.Text == "Source" && strings.EqualFold(v.Text, "eventlog") {
					p.Report(item.Span, "Source: Eventlog is how a product shows events", "write the logsource, or Provider_Name")
				}
			}
		}
	},
}
