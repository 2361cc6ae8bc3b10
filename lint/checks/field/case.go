package field

import (
	"slices"
	"strings"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var letterCase = &lint.Check{
	Name:  "field/case",
	Title: `a field whose name differs in letter case only`,
	Doc:   `Names of fields are compared as they are written here and in most backends, so the rule never matches.`,
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        image|endswith: '\whoami.exe'
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
	Elsewhere: []string{"sigmahq sigmahq_fieldname_cast", "sigmahq-tests test_fieldname_case"},
	Run: func(p *lint.Pass) {
		names, _ := p.Corpus.FieldNames(p.Source())
		for _, item := range p.Items() {
			name := item.Field.Text
			if item.Keywords() || slices.Contains(names, name) {
				continue
			}
			for _, known := range names {
				if strings.EqualFold(known, name) {
					p.Report(item.Field.Span, "the field is called "+known+", not "+name, "write "+known)
					break
				}
			}
		}
	},
}

func knownInAnyCase(names []string, name string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) })
}
