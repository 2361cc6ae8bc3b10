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
	Doc:   `Blanks without width, marks that turn the direction of text, and soft hyphens come along when text is copied from a page. The value then matches nothing that anybody types. A value of such characters alone looks for them, and those that join emoji belong there: neither is reported.`,
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

// reportInvisible reports the first such character of an item: one look tells
// whether those of the others are meant as well.
func reportInvisible(p *lint.Pass, item *rules.Item) {
	for _, v := range item.Values {
		if at, r := strayInvisible(v.Text); at >= 0 {
			p.Report(v.At(at, at+utf8.RuneLen(r)), fmt.Sprintf("the value holds the invisible character U+%04X", r), "remove it, unless the rule looks for it").
				Also(item.Key.Span, "in this field")
			return
		}
	}
}

// strayInvisible returns the first invisible character among others that it does
// not belong to, and where it stands; -1 if there is none.
func strayInvisible(text string) (at int, found rune) {
	at = -1
	visible := false
	before := rune(0)
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch after, _ := utf8.DecodeRuneInString(text[i+size:]); {
		case !invisible(r):
			visible = visible || r != '*' && r != '?'
		case at < 0 && !joinsEmoji(before, r, after):
			at, found = i, r
		}
		before, i = r, i+size
	}
	if !visible {
		return -1, 0
	}
	return at, found
}

// joinsEmoji reports whether a character makes one picture of its neighbours: a
// joiner between two, or a tag of a flag.
func joinsEmoji(before, r, after rune) bool {
	const joiner, tags, endOfTags, flag = 0x200D, 0xE0020, 0xE007F, 0x1F3F4
	if r >= tags && r <= endOfTags {
		return before == flag || before >= tags && before <= endOfTags
	}
	picture := unicode.Is(unicode.So, before) || unicode.Is(unicode.Sk, before) || unicode.Is(unicode.Variation_Selector, before)
	return r == joiner && picture && unicode.Is(unicode.So, after)
}

// invisible reports whether a character has no width: formats, direction marks
// among them, and the fillers of Hangul.
func invisible(r rune) bool { return unicode.Is(unicode.Cf, r) || r == 0x115F || r == 0x3164 }
