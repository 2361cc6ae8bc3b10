package compiler

import (
	"strings"
	"unicode/utf8"
)

// shape is the form of a pattern that decides how it is matched.
type shape uint8

const (
	general shape = iota
	equals
	prefix
	suffix
	substring
	anything
)

// finished returns p in its normal form, folded unless cased, ready to match:
// neighbouring literals are joined, and within a run of wildcards every ? comes
// before a single *.
func (p Pattern) finished(cased bool) Pattern {
	q := Pattern{cased: cased, parts: make([]Part, 0, len(p.parts))}
	star := false
	flush := func() {
		if star {
			q.parts = append(q.parts, Part{Kind: StarPart})
		}
		star = false
	}
	for _, pt := range p.parts {
		switch pt.Kind {
		case StarPart:
			star = true
			continue
		case QuestionPart:
			q.parts = append(q.parts, pt)
			continue
		case LiteralPart:
			if !cased {
				pt.Text = Fold(pt.Text)
			}
			if n := len(q.parts); n > 0 && !star && q.parts[n-1].Kind == LiteralPart {
				q.parts[n-1].Text += pt.Text
				continue
			}
		}
		flush()
		q.parts = append(q.parts, pt)
	}
	flush()
	q.classify()
	return q
}

func (p *Pattern) classify() {
	var kinds [4]byte
	for i, pt := range p.parts {
		if i < len(kinds) {
			kinds[i] = "l*?-"[pt.Kind]
		}
		if pt.Kind == LiteralPart {
			p.body = pt.Text
		}
	}
	switch string(kinds[:min(len(p.parts), len(kinds))]) {
	case "", "l":
		p.shape = equals
	case "l*":
		p.shape = prefix
	case "*l":
		p.shape = suffix
	case "*l*":
		p.shape = substring
	case "*":
		p.shape = anything
	default:
		p.segments()
	}
}

// segment is what stands between two stars: it has a fixed number of code points.
type segment struct {
	parts []Part
	runes int
}

func (p *Pattern) segments() {
	p.runs = []segment{{}}
	for _, pt := range p.parts {
		if pt.Kind == StarPart {
			p.runs = append(p.runs, segment{})
			continue
		}
		s := &p.runs[len(p.runs)-1]
		s.parts = append(s.parts, pt)
		if pt.Kind == LiteralPart {
			s.runes += utf8.RuneCountInString(pt.Text)
		} else {
			s.runes++
		}
	}
}

// Cased reports whether letter case matters.
func (p *Pattern) Cased() bool { return p.cased }

// Match reports whether the pattern matches a text. folded must be Fold(raw);
// a cased pattern looks at raw only.
func (p *Pattern) Match(raw, folded string) bool {
	text := folded
	if p.cased {
		text = raw
	}
	switch p.shape {
	case equals:
		return text == p.body
	case prefix:
		return strings.HasPrefix(text, p.body)
	case suffix:
		return strings.HasSuffix(text, p.body)
	case substring:
		return strings.Contains(text, p.body)
	case anything:
		return true
	}
	return p.glob(text)
}

// glob matches segment by segment, each at the first place where it fits,
// which is right because segments have a fixed length.
func (p *Pattern) glob(text string) bool {
	first, last := p.runs[0], p.runs[len(p.runs)-1]
	n, ok := first.at(text)
	if !ok || len(p.runs) == 1 {
		return ok && n == len(text)
	}
	text = text[n:]
	for _, s := range p.runs[1 : len(p.runs)-1] {
		n := s.find(text)
		if n < 0 {
			return false
		}
		text = text[n:]
	}
	from := len(text)
	for range last.runes {
		if from == 0 {
			return false
		}
		_, size := utf8.DecodeLastRuneInString(text[:from])
		from -= size
	}
	n, ok = last.at(text[from:])
	return ok && from+n == len(text)
}

// find returns the offset behind the first occurrence of s in text, or -1.
func (s segment) find(text string) int {
	for i := 0; i <= len(text); {
		if s.parts[0].Kind == LiteralPart {
			skip := strings.Index(text[i:], s.parts[0].Text)
			if skip < 0 {
				return -1
			}
			i += skip
		}
		if n, ok := s.at(text[i:]); ok {
			return i + n
		}
		if i == len(text) {
			break
		}
		_, size := utf8.DecodeRuneInString(text[i:])
		i += size
	}
	return -1
}

// at matches s at the beginning of text and returns how many bytes it took.
func (s segment) at(text string) (int, bool) {
	n := 0
	for _, pt := range s.parts {
		if pt.Kind == LiteralPart {
			if !strings.HasPrefix(text[n:], pt.Text) {
				return 0, false
			}
			n += len(pt.Text)
			continue
		}
		if n == len(text) {
			return 0, false
		}
		r, size := utf8.DecodeRuneInString(text[n:])
		if pt.Kind == DashPart && !strings.ContainsRune(Dashes, r) {
			return 0, false
		}
		n += size
	}
	return n, true
}

// Uncased returns the pattern as it would be without the modifier cased.
func (p Pattern) Uncased() Pattern { return p.finished(false) }
