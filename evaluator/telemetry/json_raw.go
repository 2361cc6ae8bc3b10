package telemetry

import (
	"bytes"
	"context"
	"iter"

	"github.com/socctl/socctl/evaluator"
)

// place is where a raw record stands in its source.
type place struct {
	line    int
	lineAt  int64 // offset at which the line starts
	offset  int64
	context []byte // the record and what follows, up to the first byte of the next
	arena   *arena // that it is a part of
	pins    int    // bytes of memory that wait for its release
}

// maxBlank is how many bytes of blank lines are kept with a raw record.
const maxBlank = 256

// raw yields the lines at the start of the window as they are, as far as it is plain
// that each is one record: it looks like an object and so does the next line,
// which is not indented deeper.
// Whether they are JSON finds out who reads them. The first record of a source and the
// last one at hand are always read here.
func (s *jsonStream) raw() bool {
	if !s.options.Raw || s.index == 0 || s.place != outside || s.buf[s.at] != '{' {
		return false
	}
	for {
		ends, context := s.plainLines()
		if len(ends) > 0 {
			s.yieldLines(ends, context)
			return true
		}
		// To read a line that has not come as a whole would be to read it twice.
		if s.ended || s.end-s.at > leastRoom || bytes.IndexByte(s.rest(), '\n') >= 0 || s.scan.complete(s.buf[:s.end], s.at) {
			return false
		}
		s.fill()
	}
}

// plainLines returns where plain lines at the start of the window end that follow each
// other without a gap, and how much of the window they are, up to the first byte of
// the next.
func (s *jsonStream) plainLines() (ends []int, context int) {
	window, margin := s.rest(), s.margin
	ends = s.ends[:0]
	for at := 0; ; margin = 0 {
		eol := bytes.IndexByte(window[at:], '\n')
		if eol < 0 {
			break
		}
		eol += at
		next := s.plain(window, at, eol, margin)
		if next == 0 {
			break
		}
		ends, context = append(ends, eol), next+1
		if at = eol + 1; at != next {
			break
		}
	}
	s.ends = ends
	return ends, context
}

// plain returns where the record behind a line starts, 0 if it is not plain that the
// line, which starts with a bracket, is one.
func (s *jsonStream) plain(window []byte, at, eol, margin int) int {
	last := eol - 1
	for last > at && isBlank(window[last]) {
		last--
	}
	if window[last] != '}' || last+1-at > s.options.MaxRecord {
		return 0
	}
	next := eol + 1
	if next < len(window) && window[next] == '{' {
		return next
	}
	next = skipSpace(window, eol)
	if next == len(window) || window[next] != '{' || next-eol > maxBlank || next-bytes.LastIndexByte(window[:next], '\n')-1 > margin {
		return 0
	}
	return next
}

// yieldLines yields lines of the window and passes them.
func (s *jsonStream) yieldLines(ends []int, context int) {
	arena, pins := s.arena.lend()
	s.emitLines(Record{Source: s.source, Index: s.index, Format: formatJSON, Modified: s.modified,
		place: place{s.line, s.lineAt, s.base + int64(s.at), s.rest()[:context:context], arena, pins}}, ends)
	s.index += len(ends)
	if before := len(ends) - 1; before > 0 {
		s.line += before
		s.lineAt = s.base + int64(s.at+ends[before-1]+1)
		s.margin = 0
	}
	s.consumeLine(ends[len(ends)-1])
}

// emitLines yields lines that are a record each, of which the first is given, with
// all of them as its context.
func (r *reader) emitLines(first Record, ends []int) {
	switch {
	case !r.live():
	case r.blocks != nil:
		b := r.blocks.current()
		b.ends = append(b.ends, ends...)
		r.stopped = !r.blocks.add(blockEntry{record: first, lines: len(ends)})
	default:
		first.place.arena.held.Add(int32(len(ends) - 1))
		r.stopped = !eachLine(&first, ends, func(line *Record, err error) bool {
			if !r.live() || !r.yield(*line, err) {
				return false
			}
			line.place.pins = 0
			return true
		})
	}
}

// eachLine yields lines of which the first is given, with all of them as its context,
// and where they end.
func eachLine(line *Record, ends []int, yield func(*Record, error) bool) bool {
	text, offset, at := line.place.context, line.place.offset, 0
	for i, end := range ends {
		next := end + 2
		if i == len(ends)-1 {
			next = len(text) // there may be blank lines
		}
		last := end
		for isBlank(text[last-1]) {
			last--
		}
		line.Raw, line.place.context = text[at:last:last], text[at:next:next]
		if !yield(line, nil) {
			return false
		}
		at = end + 1
		line.Index++
		line.place.line++
		line.place.offset = offset + int64(at)
		line.place.lineAt = line.place.offset
	}
	return true
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' }

// reread yields what there is in a raw record: the records of an envelope, or
// what is wrong with it.
func reread(of Record) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		read := of.place.holds(of.Raw)
		if !read {
			of.place = place{line: 1, context: of.Raw}
		}
		text := of.place.context
		r := &reader{ctx: context.Background(), options: ReadOptions{MaxRecord: len(text)}, yield: yield, modified: of.Modified}
		s := &jsonStream{reader: r, source: of.Source, in: bytes.NewReader(nil), decoder: jsonDecoder{words: &r.words},
			buf: text, end: len(text), ended: true, base: of.place.offset, line: of.place.line, lineAt: of.place.lineAt, index: of.Index}
		if !read {
			s.run()
			return
		}
		for s.live() && s.at < len(of.Raw) {
			s.step()
			s.consume(skipSpace(s.rest(), 0))
		}
	}
}

// holds reports whether a raw record stands at that place. One that does not was made by
// the caller: it is all that there is.
func (p *place) holds(raw []byte) bool {
	return len(raw) > 0 && len(raw) <= len(p.context) && &raw[0] == &p.context[0]
}

// opened returns the value of a raw record if it may be an envelope, or is no object,
// which is found out once for each shape; false if it is a record for sure.
func (s *Stream) opened(on *side, id int, of *Record) (evaluator.Value, bool) {
	if id >= 0 && id < len(on.plain) && on.plain[id] {
		return evaluator.Value{}, false
	}
	v, _, err := s.decoder.decode(of.Raw, true)
	if err != nil || v.Kind() != evaluator.Object || hasEnvelopeKey(v) {
		return v, true
	}
	if id >= 0 {
		for id >= len(on.plain) {
			on.plain = append(on.plain, false)
		}
		on.plain[id] = true
	}
	return v, false
}

// hasEnvelopeKey reports whether an object may be an envelope by its names.
func hasEnvelopeKey(v evaluator.Value) bool {
	members := v.Members()
	if len(members) > maxEnvelopeMembers {
		return false
	}
	for i := range members {
		for _, e := range envelopes {
			if members[i].Name != e.key {
				continue
			}
			if _, there := v.Member(e.beside); there || e.beside == "" {
				return true
			}
		}
	}
	return false
}
