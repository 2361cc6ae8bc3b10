package telemetry

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/socctl/socctl/evaluator"
)

const (
	firstWindow = 256 << 10
	liveWindow  = 64 << 10 // below it every line that arrives is tried at once
	leastRoom   = 64 << 10 // is read at a time
	giveUpAfter = 100      // problems in a source without a single record
)

// jsonStream reads a stream of JSON objects: one per line, or in a row in any
// layout, or as elements of top-level arrays.
type jsonStream struct {
	*reader
	source  string
	in      io.Reader
	decoder jsonDecoder
	buf     []byte // window on the input
	at, end int    // buf[at:end] is not consumed yet
	base    int64  // offset of buf[0] in the input
	line    int    // 1-based line of buf[at]
	lineAt  int64  // offset at which that line starts
	margin  int    // indentation of that line, as far as consumed
	inked   bool   // something other than space was consumed of that line
	ended   bool   // nothing follows buf[:end]
	broken  error  // why it ended, unless at its end
	place   arrayPlace
	torn    bool // the array is what an envelope consists of, see insideEnvelope
	index   int
	bad     int // problems before the first record
	scan    pendingScan
}

// arrayPlace is where in a top-level array the stream is.
type arrayPlace uint8

const (
	outside      arrayPlace = iota
	arrayStart              // behind [
	arrayElement            // behind a comma
	arrayComma              // behind an element
	arrayUnsure             // in an array behind something malformed: any separator will do
)

func (r *reader) json(source string, in *bufio.Reader) bool {
	s := &jsonStream{reader: r, source: source, in: in, line: 1, buf: r.window(), decoder: jsonDecoder{words: &r.words}}
	s.fill()
	s.run()
	if r.free = s.buf[s.end:]; len(r.arena.all) > 4*firstWindow {
		r.next(arenaSize)
	}
	return r.live()
}

func (s *jsonStream) run() {
	for s.live() {
		s.consume(skipSpace(s.rest(), 0))
		if s.at == s.end {
			if s.ended {
				s.finish()
				return
			}
			s.fill()
			continue
		}
		if s.index == 0 && s.bad >= giveUpAfter {
			s.problem(0, fmt.Errorf("gave up: no record among the first %d problems, so this is no JSON; the rest of the source is not read", s.bad))
			return
		}
		s.step()
	}
}

// step reads what the window starts with, which is no space.
func (s *jsonStream) step() {
	if s.at == s.end || s.mark() || s.separator(s.buf[s.at]) {
		return
	}
	s.torn = s.torn && s.place != outside
	s.record()
}

// mark consumes a byte order mark, which stands at the start of a file and thus within
// files that were put together. A raw line has none: it starts and ends with a bracket.
func (s *jsonStream) mark() bool {
	if s.buf[s.at] != utf8Mark[0] {
		return false
	}
	for !s.ended && s.end-s.at < len(utf8Mark) && bytes.HasPrefix(utf8Mark, s.rest()) {
		s.fill()
	}
	if !bytes.HasPrefix(s.rest(), utf8Mark) {
		return false
	}
	s.consume(len(utf8Mark))
	return true
}

// finish reports how the input ended if it ended badly.
func (s *jsonStream) finish() {
	switch {
	case s.broken != nil:
		s.problem(0, s.broken)
	case s.place != outside && s.place != arrayUnsure:
		s.problem(0, errors.New("input ends inside an array: ']' is missing"))
	case s.torn && s.place == outside:
		s.problem(0, errors.New("input ends inside an envelope: '}' is missing"))
	}
}

// separator consumes what stands between records in an array.
func (s *jsonStream) separator(c byte) bool {
	switch {
	case c == '[' && s.place == outside:
		s.place = arrayStart
	case c == ']' && (s.place == arrayStart || s.place == arrayComma || s.place == arrayUnsure):
		s.place = outside
	case c == ',' && s.place == arrayComma:
		s.place = arrayElement
	case c == ',' && s.place == arrayUnsure:
	case c == '}' && s.torn && s.place == outside:
		s.torn = false
	case c == '{' && s.place == arrayComma:
		s.problem(0, errors.New("',' is missing between array elements"))
		s.unsure()
		return true
	case s.place == arrayComma:
		s.malformed(&syntaxError{0, "unexpected " + describe(s.rest()) + ", want ',' or ']' after an array element"})
		return true
	default:
		return false
	}
	s.consume(1)
	return true
}

// record reads the value that the window starts with.
func (s *jsonStream) record() {
	if s.raw() {
		return
	}
	v, n, err := s.decode()
	var syntax *syntaxError
	var depth *depthError
	switch {
	case errors.As(err, &syntax):
		if !s.insideEnvelope() {
			s.malformed(syntax)
		}
		return
	case errors.As(err, &depth):
		s.discard(err.Error())
		return
	case err != nil:
		if !s.insideEnvelope() {
			s.discard("")
		}
		return
	}
	if s.place != outside && s.place != arrayUnsure {
		s.place = arrayComma
	}
	switch {
	case n > s.options.MaxRecord:
		if s.insideEnvelope() {
			return
		}
		s.problem(0, s.tooLarge(int64(n)))
	case v.Kind() != evaluator.Object:
		if s.place == outside && s.textFollows(n) {
			s.malformed(&syntaxError{0, "this line is no JSON object"})
			return
		}
		s.problem(0, fmt.Errorf("found a %s, want an object", v.Kind()))
	default:
		s.object(v)
	}
	s.consume(n)
}

// object yields an object, or what is in it if it is but an envelope.
func (s *jsonStream) object(v evaluator.Value) {
	contents, ok := unwrap(v, &s.decoder)
	if !ok {
		contents = []evaluator.Value{v}
	}
	odd := 0
	for i, item := range contents {
		if item.Kind() != evaluator.Object {
			if odd++; odd <= maxLineProblems {
				s.problem(0, fmt.Errorf("record %d of the envelope is a %s, want an object", i, item.Kind()))
			}
			continue
		}
		if !s.emit(Record{Source: s.source, Index: s.index, Format: formatJSON, Modified: s.modified, Value: item}) {
			return
		}
		s.index++
	}
	if more := odd - maxLineProblems; more > 0 {
		s.problem(0, fmt.Errorf("%d more records of the envelope are no objects", more))
	}
}

// errLarge means that the value is larger than MaxRecord.
var errLarge = errors.New("record too large")

// decode widens the window until it holds the value that it starts with.
func (s *jsonStream) decode() (evaluator.Value, int, error) {
	for {
		v, n, err := s.decoder.decode(s.rest(), s.ended)
		if err == errShort {
			err = s.widen()
		}
		if err != nil || n > 0 {
			return v, n, err
		}
	}
}

// widen widens the window until it is worth decoding what it starts with. Of a value
// that is large nothing is made before all of it is there: it may turn out too large.
func (s *jsonStream) widen() error {
	for {
		if s.end-s.at > s.options.MaxRecord {
			return errLarge
		}
		s.fill()
		if s.end-s.at <= liveWindow {
			return nil
		}
		if _, err := s.decoder.measure(s.rest(), s.ended); err != errShort {
			return nil
		}
	}
}

// textFollows reports whether a scalar of n bytes shares its line with more:
// then it is not JSON at all but, say, a line of text that starts with a date.
func (s *jsonStream) textFollows(n int) bool {
	for _, c := range s.rest()[n:] {
		switch c {
		case '\n':
			return false
		case ' ', '\t', '\r':
		default:
			return true
		}
	}
	return false
}

func (s *jsonStream) tooLarge(size int64) error {
	return fmt.Errorf("record of %d bytes exceeds the limit of %d; raise the limit (--max-record) or split the record", size, s.options.MaxRecord)
}

func (s *jsonStream) rest() []byte { return s.buf[s.at:s.end] }

// consume moves the start of the window and counts lines.
func (s *jsonStream) consume(n int) {
	passed := s.buf[s.at : s.at+n]
	last := -1
	if lines := bytes.Count(passed, newline); lines > 0 { // which is much faster than to find the last one
		last = bytes.LastIndexByte(passed, '\n')
		s.line += lines
		s.lineAt = s.base + int64(s.at+last+1)
		s.margin, s.inked = 0, false
	}
	if tail := passed[last+1:]; !s.inked && len(tail) > 0 {
		space := indentation(tail)
		s.margin += space
		s.inked = space < len(tail)
	}
	s.at += n
	s.scan = pendingScan{at: s.at}
}

// consumeLine passes n bytes that start with something other than space, in which no
// line ends.
func (s *jsonStream) consumeLine(n int) {
	s.inked = true
	s.at += n
	s.scan = pendingScan{at: s.at}
}

var newline = []byte{'\n'}

// problem reports err at an offset into the window.
func (s *jsonStream) problem(offset int, err error) {
	if s.index == 0 {
		s.bad++
	}
	at := *s
	at.consume(offset)
	where := at.base + int64(at.at)
	s.report(&Problem{
		Source: s.source, Line: at.line, Column: int(where-at.lineAt) + 1, Offset: where, Err: err,
	})
}

// fill adds input to the window. It returns when the window has grown by half,
// so that trying again and again costs no more than twice the record; a small
// window is also tried at every end of line, because the next one may be long
// in coming.
func (s *jsonStream) fill() {
	tried := s.end - s.at
	s.room(tried)
	for !s.ended {
		n, err := s.in.Read(s.buf[s.end:])
		fresh := s.buf[s.end : s.end+n]
		s.end += n
		if err != nil {
			s.ended = true
			if err != io.EOF {
				s.broken = err
			}
			return
		}
		grown := s.end - s.at - tried
		if grown > tried/2 || s.end == len(s.buf) || s.scan.complete(s.buf[:s.end], s.at) ||
			tried+grown < liveWindow && bytes.IndexByte(fresh, '\n') >= 0 {
			return
		}
	}
}

// room makes room behind the window, which holds what was tried. If there is too
// little, the window moves: to the front if no record needs what is there, else to other
// memory, which is larger if the window fills more than half of what there is.
func (s *jsonStream) room(tried int) {
	size, widest := len(s.buf), max(s.options.MaxRecord, firstWindow)+firstWindow
	switch grow := tried*2 > size && size < widest; {
	case grow:
		if size *= 2; size >= s.options.MaxRecord {
			size = widest // the last time
		}
	case size-s.end >= leastRoom:
		return
	}
	rest := s.rest()
	if len(s.arena.all) < size || !s.arena.alone() {
		if tried*2 <= arenaSize {
			size = arenaSize
		}
		before := s.arena
		before.held.Add(1) // rest is a part of it, which nobody may read into before it is copied
		defer before.release()
		s.next(size)
	}
	s.buf = s.arena.all
	copy(s.buf, rest)
	s.base += int64(s.at)
	s.scan.at -= s.at
	s.at, s.end = 0, tried
}
