package rules

import (
	"bytes"
	"unicode/utf8"
)

// At returns the span of the bytes from..to of s.Text in the source file, also
// where YAML folding, escapes or indentation stand between the two. Without a
// known place it returns s.Span.
func (s Scalar) At(from, to int) Span {
	if s.Span.File == nil || !s.Span.Known() || from > to || to > len(s.Text) {
		return s.Span
	}
	offsets := s.offsets()
	if offsets == nil {
		return s.Span
	}
	end := offsets[to]
	if to > from {
		end = offsets[to-1] + 1
		for end < offsets[to] && !utf8.RuneStart(s.Span.File.Source[end]) {
			end++
		}
	}
	return s.Span.File.span(offsets[from], end)
}

// offsets maps every byte of s.Text, and its end, to a byte offset in the file.
// It is nil if source and text cannot be aligned.
func (s Scalar) offsets() []int {
	f := s.Span.File
	w := scalarWalk{src: f.Source, at: f.offset(s.Span.Start), text: s.Text, to: make([]int, 0, len(s.Text)+1)}
	var ok bool
	switch s.style {
	case literalBlock, foldedBlock:
		ok = w.block()
	case singleQuoted, doubleQuoted:
		w.at++
		ok = w.flow(s.style)
	default:
		ok = w.flow(plainStyle)
	}
	if !ok {
		return nil
	}
	return append(w.to, w.at)
}

// scalarWalk steps through a scalar's source and its decoded text side by side.
type scalarWalk struct {
	src  []byte
	at   int // offset in src
	text string
	to   []int // offset in src for each byte of text so far
}

func (w *scalarWalk) next() byte { return w.text[len(w.to)] }
func (w *scalarWalk) done() bool { return len(w.to) == len(w.text) }

// take maps the next n bytes of the text to the current offset.
func (w *scalarWalk) take(n int) {
	for ; n > 0 && !w.done(); n-- {
		w.to = append(w.to, w.at)
	}
}

func (w *scalarWalk) flow(style scalarStyle) bool {
	for !w.done() {
		if w.at >= len(w.src) {
			return false
		}
		c := w.src[w.at]
		switch {
		case w.folds():
		case style == singleQuoted && c == '\'':
			w.take(1)
			w.at += 2
		case style == doubleQuoted && c == '\\':
			if !w.escape() {
				return false
			}
		case c == w.next():
			w.take(1)
			w.at++
		default:
			return false
		}
	}
	return true
}

// folds handles a line break within a flow scalar: white space around it goes,
// one break becomes a space, each further one a newline.
func (w *scalarWalk) folds() bool {
	end, breaks := w.at, 0
	for end < len(w.src) && bytes.IndexByte([]byte(" \t\r\n"), w.src[end]) >= 0 {
		if w.src[end] == '\n' {
			breaks++
		}
		end++
	}
	if breaks == 0 {
		return false
	}
	w.take(max(1, breaks-1))
	w.at = end
	return true
}

func (w *scalarWalk) escape() bool {
	if w.at+1 >= len(w.src) {
		return false
	}
	digits := 0
	switch w.src[w.at+1] {
	case '\n', '\r':
		w.at++
		for w.at < len(w.src) && bytes.IndexByte([]byte(" \t\r\n"), w.src[w.at]) >= 0 {
			w.at++
		}
		return true
	case 'x':
		digits = 2
	case 'u':
		digits = 4
	case 'U':
		digits = 8
	}
	_, size := utf8.DecodeRuneInString(w.text[len(w.to):])
	w.take(size)
	w.at += 2 + digits
	return true
}

func (w *scalarWalk) block() bool {
	if !w.skipLine() {
		return w.done()
	}
	indent := w.blockIndent()
	w.at = min(w.at+indent, len(w.src))
	for !w.done() {
		if w.at >= len(w.src) {
			return w.text[len(w.to):] == "\n" && w.finish()
		}
		switch c := w.src[w.at]; {
		case c == '\r':
			w.at++
		case c == '\n':
			w.blockBreak(indent)
		case c == w.next():
			w.take(1)
			w.at++
		default:
			return false
		}
	}
	return true
}

func (w *scalarWalk) finish() bool {
	w.take(1)
	return true
}

// blockBreak aligns the line breaks at the current offset with the spaces or
// newlines that they became.
func (w *scalarWalk) blockBreak(indent int) {
	for w.at < len(w.src) && (w.src[w.at] == '\n' || w.src[w.at] == '\r') {
		if !w.done() && (w.next() == '\n' || w.next() == ' ') && w.src[w.at] == '\n' {
			w.take(1)
		}
		w.at++
		for n := 0; n < indent && w.at < len(w.src) && w.src[w.at] == ' '; n++ {
			w.at++
		}
	}
	for !w.done() && w.next() == '\n' && (w.at >= len(w.src) || w.src[w.at] != '\n') {
		w.take(1)
	}
}

func (w *scalarWalk) skipLine() bool {
	i := bytes.IndexByte(w.src[w.at:], '\n')
	if i < 0 {
		w.at = len(w.src)
		return false
	}
	w.at += i + 1
	return true
}

// blockIndent returns the indentation of the first line with content, and
// leaves the offset at the first line of the block.
func (w *scalarWalk) blockIndent() int {
	for at := w.at; at < len(w.src); {
		n := 0
		for at+n < len(w.src) && w.src[at+n] == ' ' {
			n++
		}
		if at+n < len(w.src) && w.src[at+n] != '\n' && w.src[at+n] != '\r' {
			return n
		}
		i := bytes.IndexByte(w.src[at:], '\n')
		if i < 0 {
			break
		}
		at += i + 1
	}
	return 0
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
	if offsets := s.offsets(); offsets != nil {
		return offsets[len(offsets)-1]
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
