package value

import (
	"fmt"
	"unicode"
	"unicode/utf8"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var invisibleCharacter = &lint.Check{
	Name:  "value/invisible-character",
	Title: `a character that cannot be seen`,
	Doc:   `Blanks without width, marks that turn the direction of text, and soft hyphens come along when text is copied from a page. The value then matches nothing that anybody types.`,
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\who` + "\u200b" + `ami.exe'
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
	Elsewhere: []string{"panther: refused in rules"},
	Run: func(p *lint.Pass) {
		for _, item := range p.Items() {
			reportInvisible(p, item)
		}
	},
}

// reportInvisible reports the first such character of an item: lists of emoji
// have thousands, and one look tells whether they are meant.
func reportInvisible(p *lint.Pass, item *rules.Item) {
	for _, v := range item.Values {
		for at, r := range v.Text {
			if invisible(r) {
				p.Report(v.At(at, at+utf8.RuneLen(r)), fmt.Sprintf("the value holds the invisible character U+%04X", r), "remove it, unless the rule looks for it").
					Also(item.Key.Span, "in this field")
				return
			}
		}
	}
}

// invisible reports whether a character has no width: formats, and the variation
// and direction marks among them.
func invisible(r rune) bool { return unicode.Is(unicode.Cf, r) || r == 0x115F || r == 0x3164 }
