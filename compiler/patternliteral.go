package compiler

import "unicode/utf8"

// maxSimple bounds the literals that Simple returns: two Dashes of windash.
const maxSimple = 25

// Simple returns a pattern as a comparison with literals, if it is one: the
// text equals, contains, begins with or ends with one of them, byte by byte.
// The classes of windash are multiplied out. The text is the folded one unless
// the pattern is cased, and the literals are folded likewise. The pattern of
// a lone * contains "".
func (p *Pattern) Simple() (anchor Anchor, literals []string, ok bool) {
	if anchor, literal, ok := p.Literal(); ok {
		return anchor, []string{literal}, true
	}
	if len(p.parts) == 0 {
		return Whole, []string{""}, true
	}
	inner := p.parts
	before, behind := inner[0].Kind == StarPart, inner[len(inner)-1].Kind == StarPart
	if before {
		inner = inner[1:]
	}
	if behind && len(inner) > 0 {
		inner = inner[:len(inner)-1]
	}
	count := 1
	for _, pt := range inner {
		// Code points and bytes are the same question only in valid UTF-8.
		if pt.Kind != LiteralPart && pt.Kind != DashPart || !utf8.ValidString(pt.Text) {
			return 0, nil, false
		}
		if pt.Kind == DashPart {
			count *= utf8.RuneCountInString(Dashes)
		}
		if count > maxSimple {
			return 0, nil, false
		}
	}
	for _, variant := range (Pattern{parts: inner}).dashVariants() {
		text, _ := variant.plain()
		literals = append(literals, text)
	}
	return [...]Anchor{Whole, AtStart, AtEnd, Anywhere}[bit(behind)+2*bit(before)], literals, true
}

// Literal is Simple for a pattern that is known to compare with one literal; false says
// nothing of others.
func (p *Pattern) Literal() (anchor Anchor, literal string, ok bool) {
	switch p.shape {
	case equals:
		return Whole, p.body, true
	case prefix:
		return AtStart, p.body, true
	case suffix:
		return AtEnd, p.body, true
	case substring:
		return Anywhere, p.body, true
	case anything:
		return Anywhere, "", true
	}
	return 0, "", false
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Literals returns the literals between the wildcards. A text that the pattern
// matches contains each of them; the text is the folded one unless the pattern
// is cased.
func (p *Pattern) Literals() []string {
	var out []string
	for _, pt := range p.parts {
		if pt.Kind == LiteralPart {
			out = append(out, pt.Text)
		}
	}
	return out
}
