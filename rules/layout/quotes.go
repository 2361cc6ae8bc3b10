package layout

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/socctl/socctl/rules"
)

// Requoted returns how a scalar in double quotes is written in single ones. It
// returns false for other scalars, and where double quotes are of use: for
// apostrophes, for characters that cannot be seen, and for those that somebody
// chose to write as escapes.
func Requoted(s rules.Scalar) (string, bool) {
	file := s.Span.File
	if file == nil || s.Span.Start.Line != s.Span.End.Line || strings.Contains(s.Text, "'") {
		return "", false
	}
	from, to := s.Span.Offsets()
	raw := string(file.Source[from:to])
	if len(raw) < 2 || raw[0] != '"' || strings.NewReplacer(`\\`, `\`, `\"`, `"`).Replace(raw[1:len(raw)-1]) != s.Text {
		return "", false
	}
	return SingleQuoted(s.Text)
}

// SingleQuoted returns a text in single quotes, false if it has characters that
// cannot be seen there.
func SingleQuoted(text string) (string, bool) {
	if strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return "", false
	}
	return "'" + strings.ReplaceAll(text, "'", "''") + "'", true
}

// Quoted returns a text as a scalar in quotes that is read as that text: in single ones
// if all of it can be seen, else in double ones with escapes. Bytes that are no UTF-8
// become U+FFFD.
func Quoted(text string) string {
	if s, ok := SingleQuoted(text); ok && utf8.ValidString(text) {
		return s
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			b.WriteString(`\` + string(r))
		case unicode.IsPrint(r) && r != utf8.RuneError:
			b.WriteRune(r)
		case r > 0xffff:
			fmt.Fprintf(&b, `\U%08x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// requote writes values of the attributes of Sigma in single quotes where that
// is all they need. Others may hold what was copied, such as records in JSON.
func requote(path string, source []byte) []byte {
	docs, _ := rules.ParseNodes(path, source)
	type edit struct {
		from, to int
		text     string
	}
	var edits []edit
	var walk func(*rules.Node)
	walk = func(n *rules.Node) {
		if n.Kind == rules.ScalarNode {
			if text, ok := Requoted(n.Scalar); ok {
				from, to := n.Scalar.Span.Offsets()
				edits = append(edits, edit{from, to, text})
			}
		}
		for _, i := range n.Items {
			walk(i)
		}
		for _, e := range n.Entries {
			walk(e.Value)
		}
	}
	for _, d := range docs {
		for _, e := range d.Entries {
			if slices.Contains(Order, e.Key.Text) {
				walk(e.Value)
			}
		}
	}
	// From the end, so that places stay; an alias has the place of its anchor.
	slices.SortFunc(edits, func(a, b edit) int { return b.from - a.from })
	for _, e := range slices.Compact(edits) {
		source = slices.Concat(source[:e.from], []byte(e.text), source[e.to:])
	}
	return source
}
