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

// raw yields the line at the start of the window as it is, if it is plain that
// the line is one record: it looks like an object and so does the next line,
// which is not indented deeper.
// Whether it is JSON finds out who reads it. The first record of a source and the
// last one at hand are always read here.
func (s *jsonStream) raw() bool {
	if !s.options.Raw || s.index == 0 || s.place != outside {
		return false
	}
	window := s.rest()
	eol := bytes.IndexByte(window, '\n')
	if eol < 0 {
		return false
	}
	line := window[:eol]
	for len(line) > 1 && isBlank(line[len(line)-1]) {
		line = line[:len(line)-1]
	}
	next := skipSpace(window, eol)
	if window[0] != '{' || line[len(line)-1] != '}' || next == len(window) || window[next] != '{' || next-eol > maxBlank || len(line) > s.options.MaxRecord ||
		next-bytes.LastIndexByte(window[:next], '\n')-1 > s.margin {
		return false
	}
	context := window[: next+1 : next+1]
	arena, pins := s.arena.lend()
	s.emit(Record{Source: s.source, Index: s.index, Format: formatJSON, Modified: s.modified, Raw: context[:len(line):len(line)],
		place: place{s.line, s.lineAt, s.base + int64(s.at), context, arena, pins}})
	s.index++
	s.consumeLine(eol)
	return true
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' }

// reread yields what there is in a raw record: the records of an envelope, or
// what is wrong with it.
func reread(of Record) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		text := of.place.context
		r := &reader{ctx: context.Background(), options: ReadOptions{MaxRecord: len(text)}, yield: yield, modified: of.Modified}
		s := &jsonStream{reader: r, source: of.Source, in: bytes.NewReader(nil), decoder: jsonDecoder{words: &r.words},
			buf: text, end: len(text), ended: true, base: of.place.offset, line: of.place.line, lineAt: of.place.lineAt, index: of.Index}
		for s.live() && s.at < len(of.Raw) {
			s.step()
			s.consume(skipSpace(s.rest(), 0))
		}
	}
}

// opened returns the value of a raw record if it may be an envelope, which is
// found out once for each shape; false if it is a record for sure.
func (s *Stream) opened(on *side, id int, of Record) (evaluator.Value, bool) {
	if id >= 0 && id < len(on.plain) && on.plain[id] {
		return evaluator.Value{}, false
	}
	v, _, err := s.decoder.decode(of.Raw, true)
	if err != nil || hasEnvelopeKey(v) {
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
