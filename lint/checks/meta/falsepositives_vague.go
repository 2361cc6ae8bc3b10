package meta

import (
	"slices"
	"strings"
	"unicode"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var falsepositivesVague = &lint.Check{
	Name:  "meta/falsepositives-vague",
	Title: `a false positive that says nothing`,
	Doc:   "`none` is never true, and `pentest` is no false positive: the rule did find what it looks for.",
	Bad: `
title: Whoami
falsepositives: [None]
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Good: `
title: Whoami
falsepositives: [Inventory scripts of administrators]
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity:  rules.Info,
	Scope:     lint.RuleScope,
	Options:   []lint.Option{{Name: "words", Doc: "words that no false positive should have", Default: []string{"none", "pentest", "penetration"}}},
	Elsewhere: []string{"sigmahq sigmahq_falsepositives_banned_word"},
	Run: func(p *lint.Pass) {
		for _, f := range p.Header.FalsePositives {
			for word := range strings.FieldsFuncSeq(strings.ToLower(f.Text), func(r rune) bool { return !unicode.IsLetter(r) }) {
				if slices.Contains(p.Texts("words"), word) {
					p.Report(f.Span, "the false positive says "+word, "name what is benign and looks the same, or leave it out")
					break
				}
			}
		}
	},
}
