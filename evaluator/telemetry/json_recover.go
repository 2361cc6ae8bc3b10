package telemetry

import (
	"bytes"
	"fmt"
)

// malformed reports a value that is no JSON and finds the place to go on.
//
// If the fault is on the line on which the value starts, that is the next line
// that does not look like a continuation of the value: one that is indented no
// deeper and starts with neither a closing bracket nor a comma. If the fault is
// further down, the value may be a truncated line that took good records behind
// it for its own content; so the stream goes back to the first line behind its
// start that opens an object at no deeper indentation.
func (s *jsonStream) malformed(fault *syntaxError) {
	if s.broken != nil && fault.offset == len(s.rest()) {
		fault = &syntaxError{fault.offset, s.broken.Error()}
		s.broken = nil
	}
	line, column := s.line, s.column()
	err := error(fault)
	if bytes.IndexByte(s.rest()[:fault.offset], '\n') >= 0 {
		err = fmt.Errorf("%w (in the value that starts at %d:%d)", fault, line, column)
	}
	s.problem(fault.offset, err)
	s.unsure()
	indent := s.margin
	if next := reopening(s.rest()[:min(fault.offset+1, len(s.rest()))], indent); next > 0 {
		s.consume(next)
		return
	}
	s.consume(fault.offset)
	s.skipTo(indent)
}

// unsure makes the stream lenient about separators for the rest of an array.
func (s *jsonStream) unsure() {
	if s.place != outside {
		s.place = arrayUnsure
	}
}

func (s *jsonStream) column() int { return int(s.base+int64(s.at)-s.lineAt) + 1 }

func indentation(line []byte) int {
	for i, c := range line {
		if c != ' ' && c != '\t' && c != '\r' {
			return i
		}
	}
	return len(line)
}

// reopening finds the first line behind the first one in text that opens an
// object and is indented no deeper than indent.
func reopening(text []byte, indent int) int {
	for at := 0; ; {
		eol := bytes.IndexByte(text[at:], '\n')
		if eol < 0 {
			return 0
		}
		at += eol + 1
		if n := indentation(text[at:]); n <= indent && at+n < len(text) && text[at+n] == '{' {
			return at + n
		}
	}
}

// skipTo drops the rest of the line and the lines that continue it.
func (s *jsonStream) skipTo(indent int) {
	for s.dropLine() {
		n, first := s.peekLine(indent)
		switch {
		case n > indent || first == '}' || first == ',' || first == '\n' || first == 0:
		case first == ']' && s.place == outside:
		default:
			return
		}
	}
}

// dropLine consumes up to and with the next end of line. It returns false at
// the end of the input.
func (s *jsonStream) dropLine() bool {
	for {
		if eol := bytes.IndexByte(s.rest(), '\n'); eol >= 0 {
			s.consume(eol + 1)
			return true
		}
		if !s.drop() {
			return false
		}
	}
}

// drop consumes the whole window and reads the next one. It returns false at
// the end of the input.
func (s *jsonStream) drop() bool {
	s.consume(s.end - s.at)
	if s.ended || !s.live() {
		return false
	}
	s.fill()
	return true
}

// peekLine returns the indentation of the line at the start of the window, as
// far as indent + 1, and the first byte behind it.
func (s *jsonStream) peekLine(indent int) (n int, first byte) {
	for {
		n = indentation(s.rest())
		if n < s.end-s.at {
			return n, s.buf[s.at+n]
		}
		if s.ended || n > indent {
			return n, 0
		}
		s.fill()
	}
}

// discard drops a value that is too large or too deep without decoding it, by
// its brackets and quotes alone, and reports it with its size.
func (s *jsonStream) discard(why string) {
	line, column, start := s.line, s.column(), s.base+int64(s.at)
	indent := s.margin
	if s.place == arrayStart || s.place == arrayElement {
		s.place = arrayComma
	}
	sc := bracketScan{indent: indent}
	for {
		n, done := sc.scan(s.rest())
		s.consume(n)
		if done || !s.drop() {
			break
		}
	}
	size := s.base + int64(s.at) - start
	if sc.quoted {
		s.skipTo(indent)
	}
	err := s.tooLarge(size)
	if why != "" {
		err = fmt.Errorf("record of %d bytes is %s", size, why)
	}
	if sc.torn {
		s.unsure()
		err = fmt.Errorf("%w (it is not closed before the next record starts)", err)
	}
	if s.index == 0 {
		s.bad++
	}
	s.report(&Problem{Source: s.source, Line: line, Column: column, Offset: start, Lost: 1, Err: err})
}

// bracketScan finds the end of a value without decoding it.
type bracketScan struct {
	indent  int // of the line on which the value starts
	depth   int
	quoted  bool
	escaped bool
	margin  int  // indentation so far if only space was seen on this line, else -1
	lines   bool // the first line is behind
	torn    bool // ended by something that cannot belong to the value
}

// scan returns how much of data belongs to the value and whether it ends there.
func (b *bracketScan) scan(data []byte) (n int, done bool) {
	for i, c := range data {
		if b.quoted {
			if b.inString(c) {
				return i, true
			}
			if !b.quoted && b.depth == 0 {
				return i + 1, true
			}
			continue
		}
		switch c {
		case '\n':
			b.lines, b.margin = true, 0
			if b.depth == 0 {
				return i, true
			}
			continue
		case ' ', '\t', '\r':
			if b.margin >= 0 {
				b.margin++
			}
			continue
		case '"':
			b.quoted = true
		case '{', '[':
			if c == '{' && b.lines && b.margin >= 0 && b.margin <= b.indent {
				b.torn = true
				return i, true
			}
			b.depth++
		case '}', ']':
			if b.depth--; b.depth <= 0 {
				return i + 1, true
			}
		}
		b.margin = -1
	}
	return len(data), false
}

// inString steps inside a string. It returns true at an end of line, which no
// string can hold.
func (b *bracketScan) inString(c byte) (torn bool) {
	switch {
	case c == '\n':
		b.torn = true
		return true
	case b.escaped:
		b.escaped = false
	case c == '\\':
		b.escaped = true
	case c == '"':
		b.quoted = false
	}
	return false
}
