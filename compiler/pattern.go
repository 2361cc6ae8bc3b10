package compiler

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Pattern is a text pattern: literals, * for any run of code points, ? for
// exactly one, and a dash for any of the dashes of windash. It matches whole
// texts. The zero Pattern matches the empty text.
type Pattern struct {
	parts []part
	cased bool
	shape shape
	body  string    // the literal of a simple shape
	runs  []segment // between the stars, of a pattern of no simple shape
}

type partKind uint8

const (
	literalPart partKind = iota
	starPart
	questionPart
	dashPart
)

type part struct {
	kind partKind
	text string // of a literal
}

// dashes are what windash takes for one another.
const dashes = "-/–—―"

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
			kind := starPart
			if c == '?' {
				kind = questionPart
			}
			p.parts = append(p.parts, part{kind: kind})
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
		p.parts = append(p.parts, part{literalPart, s})
	}
}

// plain returns the text of a pattern without wildcards.
func (p Pattern) plain() (string, bool) {
	var b strings.Builder
	for _, part := range p.parts {
		if part.kind != literalPart {
			return "", false
		}
		b.WriteString(part.text)
	}
	return b.String(), true
}

// unanchored returns p with a * before or behind it, unless there is one.
func (p Pattern) unanchored(before, behind bool) Pattern {
	q := Pattern{parts: make([]part, 0, len(p.parts)+2)}
	if before {
		q.parts = append(q.parts, part{kind: starPart})
	}
	q.parts = append(q.parts, p.parts...)
	if behind {
		q.parts = append(q.parts, part{kind: starPart})
	}
	return q
}

// windash replaces every dash or slash that introduces an option by the class
// of all of them: one that stands not behind a word character and right before
// one (D23).
func (p Pattern) windash() Pattern {
	var q Pattern
	for _, pt := range p.parts {
		if pt.kind != literalPart {
			q.parts = append(q.parts, pt)
			continue
		}
		from := 0
		for i, r := range pt.text {
			size := utf8.RuneLen(r)
			if strings.ContainsRune(dashes, r) && !wordBefore(pt.text[:i]) && wordBehind(pt.text[i+max(size, 1):]) {
				q.literal(pt.text[from:i])
				q.parts = append(q.parts, part{kind: dashPart})
				from = i + size
			}
		}
		q.literal(pt.text[from:])
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
		choices := []part{pt}
		if pt.kind == dashPart {
			choices = nil
			for _, r := range dashes {
				choices = append(choices, part{literalPart, string(r)})
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
// the class of dashes. Equal strings mean equal patterns.
func (p Pattern) String() string {
	var b strings.Builder
	for _, pt := range p.parts {
		switch pt.kind {
		case starPart:
			b.WriteByte('*')
		case questionPart:
			b.WriteByte('?')
		case dashPart:
			b.WriteString(`\-`)
		default:
			escapePattern(&b, pt.text)
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
