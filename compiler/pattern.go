package compiler

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Pattern is a text pattern: literals, * for any run of code points, ? for
// exactly one, and a dash for any of the Dashes of windash. It matches whole
// texts. The zero Pattern matches the empty text.
type Pattern struct {
	parts []Part
	cased bool
	shape shape
	body  string    // the literal of a simple shape
	runs  []segment // between the stars, of a pattern of no simple shape
}

// PartKind says what a Part of a pattern stands for.
type PartKind uint8

// The kinds of parts.
const (
	LiteralPart  PartKind = iota // its text
	StarPart                     // any code points, or none
	QuestionPart                 // exactly one code point
	DashPart                     // one of Dashes
)

// Part is one part of a Pattern.
type Part struct {
	Kind PartKind
	Text string // of a LiteralPart
}

// Dashes are what windash takes for one another.
const Dashes = "-/–—―"

// Parts returns what the pattern consists of. Callers must not change it.
// Literals are folded unless the pattern is cased.
func (p *Pattern) Parts() []Part { return p.parts }

// ParsePattern parses a Sigma string: * and ? are wildcards, a backslash
// before a wildcard or a backslash escapes it, any other backslash stands for
// itself (semantics of the reference parser, D12).
func ParsePattern(s string) Pattern {
	var p Pattern
	if !strings.ContainsAny(s, `\*?`) {
		p.literal(s)
		return p
	}
	var lit strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '\\' && i+1 < len(s) && strings.IndexByte(`\*?`, s[i+1]) >= 0:
			i++
			lit.WriteByte(s[i])
		case c == '*' || c == '?':
			p.literal(lit.String())
			lit.Reset()
			kind := StarPart
			if c == '?' {
				kind = QuestionPart
			}
			p.parts = append(p.parts, Part{Kind: kind})
		default:
			lit.WriteByte(c)
		}
	}
	p.literal(lit.String())
	return p
}

// literalPattern returns a pattern that matches exactly s.
func literalPattern(s string) Pattern {
	var p Pattern
	p.literal(s)
	return p
}

func (p *Pattern) literal(s string) {
	if s != "" {
		p.parts = append(p.parts, Part{LiteralPart, s})
	}
}

// plain returns the text of a pattern without wildcards.
func (p Pattern) plain() (string, bool) {
	var b strings.Builder
	for _, part := range p.parts {
		if part.Kind != LiteralPart {
			return "", false
		}
		b.WriteString(part.Text)
	}
	return b.String(), true
}

// unanchored returns p with a * before or behind it, unless there is one.
func (p Pattern) unanchored(before, behind bool) Pattern {
	q := Pattern{parts: make([]Part, 0, len(p.parts)+2)}
	if before {
		q.parts = append(q.parts, Part{Kind: StarPart})
	}
	q.parts = append(q.parts, p.parts...)
	if behind {
		q.parts = append(q.parts, Part{Kind: StarPart})
	}
	return q
}

// windash replaces every dash or slash that introduces an option by the class
// of all of them: one that stands not behind a word character and right before
// one (D23).
func (p Pattern) windash() Pattern {
	var q Pattern
	for _, pt := range p.parts {
		if pt.Kind != LiteralPart {
			q.parts = append(q.parts, pt)
			continue
		}
		from := 0
		for i, r := range pt.Text {
			size := utf8.RuneLen(r)
			if strings.ContainsRune(Dashes, r) && !wordBefore(pt.Text[:i]) && wordBehind(pt.Text[i+max(size, 1):]) {
				q.literal(pt.Text[from:i])
				q.parts = append(q.parts, Part{Kind: DashPart})
				from = i + size
			}
		}
		q.literal(pt.Text[from:])
	}
	return q
}

func wordBefore(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return s != "" && isWord(r)
}

func wordBehind(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return s != "" && isWord(r)
}

func isWord(r rune) bool {
	return r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r)
}

// maxDashVariants bounds what an encoding behind windash may expand to.
const maxDashVariants = 1000

// dashVariants returns the patterns without dash class that p stands for, nil
// if they are too many.
func (p Pattern) dashVariants() []Pattern {
	out := []Pattern{{}}
	for _, pt := range p.parts {
		choices := []Part{pt}
		if pt.Kind == DashPart {
			choices = nil
			for _, r := range Dashes {
				choices = append(choices, Part{LiteralPart, string(r)})
			}
		}
		if len(out)*len(choices) > maxDashVariants {
			return nil
		}
		grown := make([]Pattern, 0, len(out)*len(choices))
		for _, q := range out {
			for _, c := range choices {
				grown = append(grown, Pattern{parts: append(q.parts[:len(q.parts):len(q.parts)], c)})
			}
		}
		out = grown
	}
	return out
}

// String returns the pattern as a Sigma string in its normal form, with ‐ for
// the class of Dashes. Equal strings mean equal patterns.
func (p Pattern) String() string {
	var b strings.Builder
	for _, pt := range p.parts {
		switch pt.Kind {
		case StarPart:
			b.WriteByte('*')
		case QuestionPart:
			b.WriteByte('?')
		case DashPart:
			b.WriteString(`\-`)
		default:
			escapePattern(&b, pt.Text)
		}
	}
	return b.String()
}

func escapePattern(b *strings.Builder, s string) {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c == '*' || c == '?' || c == '\\' {
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
}
