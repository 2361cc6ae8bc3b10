package perf

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var unboundKeyword = &lint.Check{
	Name:  "perf/unbound-keyword",
	Title: `a keyword that is searched in every field`,
	Doc:   `Say which field is meant, if the events have fields.`,
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        - whoami
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
	Run: func(p *lint.Pass) {
		for sel, item := range p.Items() {
			if !item.Keywords() {
				continue
			}
			if names, _ := p.Corpus.FieldNames(p.Source()); len(names) > 0 {
				p.Report(sel.Name.Span, "the keywords of "+sel.Name.Text+" are searched in every field", "name the field, if it is known")
				return
			}
		}
	},
}
