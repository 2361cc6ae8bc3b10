package value

import (
	"strings"

	"github.com/socctl/socctl/rules"
)

// modifierWithBar returns the place of a modifier with the bar in front of it.
func modifierWithBar(item *rules.Item, m rules.Modifier) rules.Span {
	for i := 0; i < len(item.Key.Text); i++ {
		if item.Key.Text[i] == '|' && item.Key.At(i+1, i+1).Start == m.Span.Start {
			end := strings.IndexByte(item.Key.Text[i+1:], '|')
			if end < 0 {
				end = len(item.Key.Text) - i - 1
			}
			return item.Key.At(i, i+1+end)
		}
	}
	return m.Span
}

// unescaped returns where the first of some characters stands without a
// backslash that escapes it, -1 if none does.
func unescaped(text, characters string) int {
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' {
			i++
			continue
		}
		if strings.IndexByte(characters, text[i]) >= 0 {
			return i
		}
	}
	return -1
}
