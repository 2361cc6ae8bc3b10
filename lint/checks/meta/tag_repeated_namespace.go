package meta

import (
	"strings"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var tagRepeatedNamespace = &lint.Check{
	Name:  "meta/tag-repeated-namespace",
	Title: `several tags of a namespace that allows one`,
	Doc:   `A document has one colour of the traffic light protocol, and is of one kind of detection.`,
	Bad: `
title: Whoami
tags: [tlp.clear, tlp.red]
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Good: `
title: Whoami
tags: [tlp.red]
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity:  rules.Warning,
	Scope:     lint.RuleScope,
	Elsewhere: []string{"sigmahq sigmahq_tags_unique_detection", "sigmahq sigmahq_tags_unique_tlp"},
	Run: func(p *lint.Pass) {
		first := map[string]rules.Scalar{}
		for _, t := range p.Header.Tags {
			namespace, _, _ := strings.Cut(t.Text, ".")
			if namespace != "tlp" && namespace != "detection" {
				continue
			}
			if f, again := first[namespace]; again {
				p.Report(t.Span, "another tag is of the namespace "+namespace+" already", "keep one").Also(f.Span, "the other one")
				continue
			}
			first[namespace] = t
		}
	},
}
