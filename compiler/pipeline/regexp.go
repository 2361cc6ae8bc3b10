package pipeline

import (
	"regexp"
	"strings"

	"github.com/socctl/socctl/rules"
)

// compileRegex compiles a regular expression that was written for Python. What
// RE2 lacks (lookaround, backreferences) is reported; \d, \w, \s and \b know
// ASCII only. anchored expressions must match from the start of a text on, as
// Python's match demands. It returns nil after a report.
func (p *parser) compileRegex(s rules.Scalar, anchored bool) *regexp.Regexp {
	if !s.Present() {
		return nil
	}
	expr := strings.ReplaceAll(s.Text, `\Z`, `\z`)
	if _, err := regexp.Compile(expr); err != nil {
		p.errorf("pipeline/regex-invalid", s.Span, "regular expression cannot be used: "+strings.TrimPrefix(err.Error(), "error parsing regexp: "),
			"lookaround and backreferences are not supported")
		return nil
	}
	if anchored {
		expr = `\A(?:` + expr + `)`
	}
	re, err := regexp.Compile(expr)
	if err != nil {
		p.errorf("pipeline/regex-invalid", s.Span, "regular expression cannot be used: "+err.Error(), "")
	}
	return re
}

// template is the replacement of a regular expression: texts, and groups by
// their number.
type template []templatePart

type templatePart struct {
	text  string
	group int // 0 with a text
	whole bool
}

// parseTemplate reads a replacement as Python's re.sub does: \1 and \g<name>
// stand for groups, \n and the like for control characters.
func (p *parser) parseTemplate(s rules.Scalar, re *regexp.Regexp) template {
	t := templateParser{parser: p, scalar: s, re: re}
	text := s.Text
	for i := 0; i < len(text); {
		if text[i] != '\\' || i+1 == len(text) {
			t.literal.WriteByte(text[i])
			i++
			continue
		}
		i += t.escape(text, i)
	}
	t.flush()
	return t.out
}

type templateParser struct {
	*parser
	scalar  rules.Scalar
	re      *regexp.Regexp
	literal strings.Builder
	out     template
}

func (t *templateParser) flush() {
	if t.literal.Len() > 0 {
		t.out = append(t.out, templatePart{text: t.literal.String()})
		t.literal.Reset()
	}
}

var controlEscapes = map[byte]string{'n': "\n", 't': "\t", 'r': "\r", 'a': "\a", 'b': "\b", 'f': "\f", 'v': "\v", '\\': `\`}

// escape reads the escape at offset i and returns its length.
func (t *templateParser) escape(text string, i int) int {
	c := text[i+1]
	switch {
	case controlEscapes[c] != "":
		t.literal.WriteString(controlEscapes[c])
		return 2
	case c == 'g' && strings.HasPrefix(text[i+2:], "<") && strings.Contains(text[i+2:], ">"):
		end := strings.IndexByte(text[i+2:], '>')
		t.reference(text[i+3:i+2+end], i, i+3+end)
		return end + 3
	case c >= '1' && c <= '9':
		n := 2
		if i+2 < len(text) && text[i+2] >= '0' && text[i+2] <= '9' {
			n = 3
		}
		t.reference(text[i+1:i+n], i, i+n)
		return n
	case c == '0' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
		t.errorf("pipeline/regex-invalid", t.scalar.At(i, i+2), `the replacement has an unknown escape \`+string(c), `write \\ for a backslash, \1 or \g<name> for a group`)
		return 2
	}
	t.literal.WriteByte('\\')
	return 1
}

// reference adds a group by its name or number.
func (t *templateParser) reference(name string, from, to int) {
	t.flush()
	group := t.re.SubexpIndex(name)
	if n, ok := smallNumber(name); ok && n <= t.re.NumSubexp() {
		group = n
	}
	if group < 0 {
		t.errorf("pipeline/regex-invalid", t.scalar.At(from, to), "the regular expression has no group "+name, "")
		return
	}
	t.out = append(t.out, templatePart{group: group, whole: group == 0})
}

func smallNumber(s string) (n int, ok bool) {
	for _, c := range s {
		if c < '0' || c > '9' || n > 1000 {
			return 0, false
		}
		n = 10*n + int(c-'0')
	}
	return n, s != ""
}

// expand returns the replacement for one match, given by its offsets in s.
func (t template) expand(s string, match []int) string {
	var b strings.Builder
	for _, part := range t {
		switch from := 2 * part.group; {
		case part.group == 0 && !part.whole:
			b.WriteString(part.text)
		case match[from] >= 0:
			b.WriteString(s[match[from]:match[from+1]])
		}
	}
	return b.String()
}
