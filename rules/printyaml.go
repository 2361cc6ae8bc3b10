package rules

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

func (p *printer) line() { p.out.WriteByte('\n') }

// step is how far a map or a list stands to the right of its key or its dash.
const step = 4

func (p *printer) indent(column int) {
	for range column {
		p.out.WriteByte(' ')
	}
}

func (p *printer) dash(column int) {
	p.indent(column)
	p.out.WriteByte('-')
}

// key writes an attribute's name, which needs no quotes.
func (p *printer) key(name string, column int) {
	p.indent(column)
	p.out.WriteString(name)
	p.out.WriteByte(':')
}

func (p *printer) scalarKey(key Scalar, column int) {
	p.indent(column)
	p.keyText(key, column)
}

// maxImplicitKey is the length in bytes up to which a key needs no question
// mark before it. YAML allows 1024 characters.
const maxImplicitKey = 1000

// keyText writes a key whose indentation is written.
func (p *printer) keyText(key Scalar, column int) {
	text := scalarText(key)
	if text == "" {
		text = "''"
	}
	if len(text) > maxImplicitKey {
		p.out.WriteString("? " + text + "\n")
		p.indent(column)
		text = ""
	}
	p.out.WriteString(text + ":")
}

// present writes an attribute if the document has it.
func (p *printer) present(name string, s Scalar, column int) {
	if !s.Present() {
		return
	}
	p.key(name, column)
	p.value(s, column)
}

func (p *printer) list(name string, scalars []Scalar, column int) {
	if len(scalars) == 0 {
		return
	}
	p.key(name, column)
	p.node(listOf(scalars), column)
}

// value writes a scalar behind a key or a dash that stands at a column.
func (p *printer) value(s Scalar, column int) {
	text := scalarText(s)
	switch {
	case s.Kind == NullScalar:
		text = "null"
	case !p.logic && isBlockText(s.Text):
		p.blockScalar(s.Text, column+step)
		return
	}
	p.out.WriteByte(' ')
	p.out.WriteString(text)
	p.line()
}

// isBlockText reports whether a text has several lines and can be a literal
// block that needs no indicator of its indentation.
func isBlockText(text string) bool {
	return strings.Contains(text, "\n") && !strings.HasSuffix(text, "\n\n") && text[0] > ' ' &&
		!strings.ContainsFunc(text, func(r rune) bool { return r != '\n' && r != '\t' && !isPrintable(r) })
}

func (p *printer) blockScalar(text string, column int) {
	p.out.WriteString(" |")
	body, ended := strings.CutSuffix(text, "\n")
	if !ended {
		p.out.WriteByte('-')
	}
	p.line()
	for line := range strings.SplitSeq(body, "\n") {
		if line != "" {
			p.indent(column)
			p.out.WriteString(line)
		}
		p.line()
	}
}

// entries writes the entries of a map of any shape.
func (p *printer) entries(entries []Entry, column int) {
	for _, e := range entries {
		p.scalarKey(e.Key, column)
		p.node(e.Value, column)
	}
}

// node writes a value of any shape behind a key or a dash at a column.
func (p *printer) node(n *Node, column int) {
	switch {
	case n.Kind == ScalarNode:
		p.value(n.Scalar, column)
	case n.Kind == ListNode && len(n.Items) == 0:
		p.out.WriteString(" []\n")
	case n.Kind == MapNode && len(n.Entries) == 0:
		p.out.WriteString(" {}\n")
	case n.Kind == ListNode:
		p.line()
		for _, item := range n.Items {
			p.dash(column + step)
			p.element(item, column+step)
		}
	default:
		p.line()
		p.entries(n.Entries, column+step)
	}
}

// element writes a list element behind its dash: the first key of a map stands
// on the line of the dash.
func (p *printer) element(n *Node, column int) {
	if n.Kind != MapNode || len(n.Entries) == 0 {
		p.node(n, column)
		return
	}
	for i, e := range n.Entries {
		if i == 0 {
			p.indent(1)
		} else {
			p.indent(column + 2)
		}
		p.keyText(e.Key, column+2)
		p.node(e.Value, column+2)
	}
}

// scalarText returns a scalar on one line: as it is if it is read as the same
// kind again, else in single quotes, or in double quotes if it needs escapes.
func scalarText(s Scalar) string {
	text := s.Text
	if s.Kind != StringScalar {
		return text
	}
	switch {
	case strings.ContainsFunc(text, func(r rune) bool { return !isPrintable(r) }):
		return doubleQuote(text)
	case isPlain(text):
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", "''") + "'"
}

// isPrintable reports whether a character can stand unescaped in YAML without
// being a line break, invisible or out of place.
func isPrintable(r rune) bool {
	return r == ' ' || unicode.IsGraphic(r) && r != utf8.RuneError && !unicode.Is(unicode.Zl, r) && !unicode.Is(unicode.Zp, r)
}

var (
	// numeric is a superset of the numbers, dates and times of YAML 1.1 and 1.2.
	numeric = regexp.MustCompile(`^[-+.0-9][-+.,:_ 0-9a-fA-FxoTtZz]*$`)
	// words are the booleans, nulls and keys with a meaning of YAML 1.1.
	words = regexp.MustCompile(`^(?i:y|yes|n|no|on|off|true|false|null|~|=|<<|[-+]?\.inf|\.nan)$`)
)

// isPlain reports whether a text of printable characters means itself without
// quotes, to parsers of YAML 1.1 and 1.2 alike.
func isPlain(text string) bool {
	if text == "" || text[0] <= ' ' || text[len(text)-1] == ' ' || text[len(text)-1] == ':' {
		return false
	}
	if strings.IndexByte("-?:,[]{}#&*!|>'\"%@`=~.", text[0]) >= 0 ||
		strings.Contains(text, ": ") || strings.Contains(text, " #") {
		return false
	}
	return uuidPattern.MatchString(text) || !numeric.MatchString(text) && !words.MatchString(text)
}

func doubleQuote(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\r':
			b.WriteString(`\r`)
		case isPrintable(r):
			b.WriteRune(r)
		case r <= 0xff:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r <= 0xffff:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
