package rules

import (
	"unicode/utf8"
)

// At returns the span of the bytes from..to of s.Text in the source file, also
// where YAML folding, escapes or indentation stand between the two. Without a
// known place it returns s.Span.
func (s Scalar) At(from, to int) Span {
	return s.places().span(from, to)
}

// places knows where each byte of a scalar's text stands in the file.
type places struct {
	scalar   Scalar
	verbatim bool  // the text stands in one line as it is
	starts   []int // otherwise the offset of the character that became a byte …
	ends     []int // … and the offset behind it; both nil if unknown
}

// places returns where the text of s stands. It costs a pass over the scalar:
// callers with many questions keep the result.
func (s Scalar) places() places {
	p := places{scalar: s}
	if s.Span.File == nil || !s.Span.Known() {
		return p
	}
	if p.verbatim = s.verbatim(); p.verbatim {
		return p
	}
	w := scalarWalk{src: s.Span.File.Source, text: s.Text, starts: make([]int, 0, len(s.Text)), ends: make([]int, 0, len(s.Text))}
	if w.scalar(s.Span.File.offset(s.Span.Start), s.style) {
		p.starts, p.ends = w.starts, w.ends
	}
	return p
}

// verbatim reports whether the text stands in one line as it is: an escape or a
// fold would make the source longer than the text.
func (s Scalar) verbatim() bool {
	width := utf8.RuneCountInString(s.Text)
	switch s.style {
	case singleQuoted, doubleQuoted:
		width += 2
	case literalBlock, foldedBlock:
		return false
	}
	return s.Span.Start.Line == s.Span.End.Line && s.Span.End.Column-s.Span.Start.Column == width
}

// located is a scalar that will be asked for many places.
type located struct {
	Scalar
	places places
}

func (l located) At(from, to int) Span { return l.places.span(from, to) }

func (p places) span(from, to int) Span {
	s := p.scalar
	switch {
	case from < 0 || from > to || to > len(s.Text):
		return s.Span
	case p.verbatim:
		return s.within(from, to)
	case len(p.starts) == 0:
		return s.Span
	}
	start := p.ends[len(p.ends)-1]
	if from < len(p.starts) {
		start = p.starts[from]
	}
	if to == from {
		return s.Span.File.span(start, start)
	}
	return s.Span.File.span(start, p.ends[to-1])
}

// within is span for a verbatim scalar.
func (s Scalar) within(from, to int) Span {
	for from > 0 && from < len(s.Text) && !utf8.RuneStart(s.Text[from]) {
		from--
	}
	for to > from && to < len(s.Text) && !utf8.RuneStart(s.Text[to]) {
		to++
	}
	span := s.Span
	span.Start.Column += utf8.RuneCountInString(s.Text[:from])
	if s.style != plainStyle {
		span.Start.Column++
	}
	span.End = Position{span.Start.Line, span.Start.Column + utf8.RuneCountInString(s.Text[from:to])}
	return span
}

// endOf returns the offset just behind a scalar that starts at offset from.
func (s Scalar) endOf(from int) int {
	src := s.Span.File.Source
	switch s.style {
	case plainStyle:
		if end := from + len(s.Text); end <= len(src) && string(src[from:end]) == s.Text {
			return end
		}
	case singleQuoted, doubleQuoted:
		return closingQuote(src, from)
	}
	if w := (scalarWalk{src: src, text: s.Text}); w.scalar(from, s.style) && w.n > 0 {
		return w.end
	}
	return from
}

func closingQuote(src []byte, from int) int {
	if from >= len(src) {
		return from
	}
	q := src[from]
	for i := from + 1; i < len(src); i++ {
		switch {
		case src[i] == '\\' && q == '"':
			i++
		case src[i] == q && q == '\'' && i+1 < len(src) && src[i+1] == q:
			i++
		case src[i] == q:
			return i + 1
		}
	}
	return len(src)
}
