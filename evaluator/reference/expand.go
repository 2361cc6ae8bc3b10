package reference

import (
	"fmt"
	"strings"

	"github.com/socctl/socctl/rules"
)

// piece is a stretch of a value: text, or the name of a placeholder.
type piece struct {
	text        string
	placeholder bool
}

// pieces splits a value at its %placeholders%. A percent sign behind a
// backslash, or without a second one, is text (D56).
func pieces(s string) []piece {
	var out []piece
	var text strings.Builder
	for len(s) > 0 {
		name, rest, closed := strings.Cut(strings.TrimPrefix(s, "%"), "%")
		switch {
		case strings.HasPrefix(s, `\%`):
			text.WriteByte('%')
			s = s[2:]
		case s[0] == '\\' && len(s) > 1:
			text.WriteString(s[:2])
			s = s[2:]
		case s[0] == '%' && closed && name != "":
			out = append(out, piece{text.String(), false}, piece{name, true})
			text.Reset()
			s = rest
		default:
			text.WriteByte(s[0])
			s = s[1:]
		}
	}
	return append(out, piece{text.String(), false})
}

// expansions returns every way to fill in the placeholders of a value, as lists
// of stretches of text: the cross product of their values.
func expansions(s string, placeholders map[string][]string) ([][]string, error) {
	out := [][]string{nil}
	for _, p := range pieces(s) {
		values := []string{p.text}
		if p.placeholder {
			if values = placeholders[p.text]; len(values) == 0 {
				return nil, fmt.Errorf("placeholder %%%s%% has no value", p.text)
			}
		}
		var longer [][]string
		for _, head := range out {
			for _, v := range values {
				longer = append(longer, append(head[:len(head):len(head)], v))
			}
		}
		out = longer
	}
	return out, nil
}

// expanded returns the patterns of a value: one, or with expand one for each
// way to fill in its placeholders, whose values are Sigma strings themselves.
func expanded(i *rules.Item, s rules.Scalar, placeholders map[string][]string) ([]pattern, error) {
	if !i.Has("expand") {
		return []pattern{parsePattern(s.Text)}, nil
	}
	filled, err := expansions(s.Text, placeholders)
	var out []pattern
	for _, stretches := range filled {
		var p pattern
		for _, stretch := range stretches {
			p = append(p, parsePattern(stretch)...)
		}
		out = append(out, p)
	}
	return out, err
}

// expandedRegexes is expanded for regular expressions: the values of
// placeholders, Sigma strings like all others, become expressions that match
// the same text.
func expandedRegexes(i *rules.Item, s rules.Scalar, placeholders map[string][]string) ([]string, error) {
	if !i.Has("expand") {
		return []string{s.Text}, nil
	}
	filled, err := expansions(s.Text, placeholders)
	var out []string
	for _, stretches := range filled {
		for n := 1; n < len(stretches); n += 2 { // every second one is a value
			stretches[n] = parsePattern(stretches[n]).expression()
		}
		out = append(out, strings.Join(stretches, ""))
	}
	return out, err
}
