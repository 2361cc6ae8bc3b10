package meta

import (
	"strings"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var trademark = &lint.Check{
	Name:  "meta/trademark",
	Title: `a trademark whose owner objects to it`,
	Doc:   `SigmaHQ keeps some words out of rules. The list is up to the house.`,
	Bad: `
description: Whoami of MITRE ATT&CK
title: Whoami of MITRE ATT&CK
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
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
	Severity:  rules.Info,
	Off:       true,
	Scope:     lint.RuleScope,
	Options:   []lint.Option{{Name: "words", Doc: "trademarks, as they are written", Default: []string{"MITRE ATT&CK", "ATT&CK", "SANS"}}},
	Elsewhere: []string{"sigmahq-tests test_legal_trademark_violations"},
	Run: func(p *lint.Pass) {
		text := p.Header.Span.Text()
		for _, word := range p.Texts("words") {
			if i := strings.Index(text, word); i >= 0 {
				from, _ := p.Header.Span.Offsets()
				p.Report(p.Header.Span.File.Span(from+i, from+i+len(word)), "the document names the trademark "+word, "leave it out")
			}
		}
	},
}
