package telemetry

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode"

	"github.com/socctl/socctl/evaluator/telemetry/eventxml"
)

// xmlStream reads Windows events that were exported as XML: one after the
// other, in any layout, with or without a root element around them. It cuts
// the stream at the tags of the events, so one that is damaged costs no other.
type xmlStream struct {
	*reader
	source string
	in     *bufio.Reader
	window []byte // not consumed yet
	base   int64  // offset of window[0]
	line   int    // 1-based line of window[0]
	lineAt int64  // offset at which it starts
	ended  error  // why nothing follows the window; nil if more may follow
	index  int
}

var (
	eventOpen  = []byte("<Event")
	eventClose = []byte("</Event>")
)

// xml reads Windows events that were exported as XML.
func (r *reader) xml(source string, in *bufio.Reader) bool {
	s := &xmlStream{reader: r, source: source, in: in, line: 1}
	for s.live() && s.next() {
	}
	return r.live()
}

// next reads up to the end of the next event; false at the end of the stream.
func (s *xmlStream) next() bool {
	start := s.find(0, openingTag)
	s.between(start)
	if len(s.window) == 0 {
		if s.ended != nil && s.ended != io.EOF {
			s.problem(0, 0, s.ended)
		}
		return s.ended == nil
	}
	end := s.find(len(eventOpen), eventTag)
	switch {
	case end >= len(s.window):
		err := errors.New("input ends inside an event: </Event> is missing")
		if s.ended == nil {
			err = fmt.Errorf("event exceeds the limit of %d bytes; raise the limit (--max-record)", s.options.MaxRecord)
		} else if s.ended != io.EOF {
			err = s.ended
			s.ended = io.EOF
		}
		s.problem(0, 1, err)
		s.consume(len(s.window))
	case s.window[end+1] != '/':
		s.problem(0, 1, errors.New("the event ends without </Event>"))
		s.consume(end)
	default:
		s.event(end + len(eventClose))
	}
	return true
}

func (s *xmlStream) event(size int) {
	v, err := eventxml.Decode(string(s.window[:size]))
	if err != nil {
		s.problem(0, 1, err)
	} else if s.emit(Record{Source: s.source, Index: s.index, Format: formatXML, Modified: s.modified, Value: v}) {
		s.index++
	}
	s.consume(size)
}

// openingTag finds <Event> or <Event …, and no longer name.
func openingTag(b []byte) int {
	for at := 0; ; at++ {
		i := bytes.Index(b[at:], eventOpen)
		if i < 0 {
			return -1
		}
		at += i
		if isOpeningTag(b[at:]) {
			return at
		}
	}
}

func isOpeningTag(b []byte) bool {
	return len(b) > len(eventOpen) && bytes.HasPrefix(b, eventOpen) && bytes.IndexByte([]byte(" \t\r\n>/"), b[len(eventOpen)]) >= 0
}

// eventTag finds the next tag of an event, opening or closing. It looks for both
// in one go: many events that are not closed would otherwise each have the whole
// window searched for an end.
func eventTag(b []byte) int {
	for at := 0; ; at++ {
		i := bytes.IndexByte(b[at:], '<')
		if i < 0 {
			return -1
		}
		at += i
		if bytes.HasPrefix(b[at:], eventClose) || isOpeningTag(b[at:]) {
			return at
		}
	}
}

// find fills the window until what looks for is in it behind an offset, and
// returns its place, or the length of the window.
func (s *xmlStream) find(from int, look func([]byte) int) int {
	for {
		if from <= len(s.window) {
			if i := look(s.window[from:]); i >= 0 {
				return from + i
			}
		}
		if s.ended != nil || len(s.window) > s.options.MaxRecord {
			return len(s.window)
		}
		from = max(from, len(s.window)-len(eventClose)) // a tag may be cut
		s.fill()
	}
}

// fill adds what the input has, at least a byte, unless it ends.
func (s *xmlStream) fill() {
	if _, err := s.in.Peek(1); err != nil {
		s.ended = err
		return
	}
	part, _ := s.in.Peek(s.in.Buffered())
	s.window = append(s.window, part...)
	s.in.Discard(len(part))
}

// between passes over what stands between events: declarations, comments and
// the root element. Anything else is reported.
func (s *xmlStream) between(size int) {
	if rest := outsideEvents(s.window[:size]); len(rest) > 0 {
		at := bytes.Index(s.window[:size], rest)
		if len(rest) > 40 {
			rest = rest[:40]
		}
		s.problem(at, 0, fmt.Errorf("found %q between events; only Windows events can be read", rest))
	}
	s.consume(size)
}

// outsideEvents returns what is neither white space, nor a byte order mark, nor the frame
// of an export.
func outsideEvents(b []byte) []byte {
	for {
		b = bytes.TrimFunc(b, func(r rune) bool { return r == '\ufeff' || unicode.IsSpace(r) })
		end := -1
		switch {
		case len(b) == 0:
			return nil
		case bytes.HasPrefix(b, []byte("<!--")):
			end = bytes.Index(b, []byte("-->")) + 2
		case bytes.HasPrefix(b, []byte("<?")), bytes.HasPrefix(b, []byte("<Events")), bytes.HasPrefix(b, []byte("</Events>")):
			end = bytes.IndexByte(b, '>')
		}
		if end < 2 {
			return b
		}
		b = b[end+1:]
	}
}

func (s *xmlStream) consume(n int) {
	passed := s.window[:n]
	if last := bytes.LastIndexByte(passed, '\n'); last >= 0 {
		s.line += bytes.Count(passed, newline)
		s.lineAt = s.base + int64(last+1)
	}
	s.base += int64(n)
	s.window = s.window[n:]
	if len(s.window) == 0 {
		s.window = nil
	}
}

// problem reports err at an offset into the window.
func (s *xmlStream) problem(at, lost int, err error) {
	here := *s
	here.consume(at)
	s.report(&Problem{Source: s.source, Line: here.line, Column: int(here.base-here.lineAt) + 1, Offset: here.base, Lost: lost, Err: err})
}
