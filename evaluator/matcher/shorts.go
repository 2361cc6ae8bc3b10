package matcher

import (
	"bytes"
	"math/bits"
	"strings"

	"github.com/socctl/socctl/evaluator/simd"
)

// shorts finds literals of two and three bytes.
type shorts struct {
	items []trieEntry // if they are not many
	pairs *pairs      // two bytes of each of them; nil if they are few
	index table       // literal, and its length -> list
	runs  *simd.Runs  // of all of them, where the processor asks about many places at once: pairs are the first two bytes then
}

// pairs is a set of pairs of bytes.
type pairs [1 << 10]uint64

func (p *pairs) add(first, second byte) {
	n := uint16(first) | uint16(second)<<8
	p[n>>6] |= 1 << (n & 63)
}

// has returns 1 if the lowest two bytes of w are in the set, else 0.
func (p *pairs) has(w uint64) uint64 { return p[uint16(w)>>6] >> (w & 63) & 1 }

// fewShorts is how many literals are looked for one after the other, and
// manyShorts how many are not even in a long text, in which one is found by
// comparing many bytes at once.
const (
	fewShorts  = 3
	manyShorts = 12
	longText   = 256
)

func (s *shorts) finish() {
	if len(s.items) <= fewShorts {
		return
	}
	s.pairs, s.index = &pairs{}, newTable(len(s.items))
	if simd.Available() {
		s.runs = &simd.Runs{}
	}
	for _, it := range s.items {
		s.index.put(head(it.text), uint32(len(it.text)), it.list)
		at := len(it.text) - 2
		if s.runs != nil {
			s.runs.Add(uint32(head(it.text)), len(it.text))
			at = 0
		} else if strings.Count(commonplace, it.text[:2]) < strings.Count(commonplace, it.text[at:]) {
			at = 0
		}
		s.pairs.add(it.text[at], it.text[at+1])
	}
	if len(s.items) > manyShorts {
		s.items = nil
	}
}

func (s *shorts) any() bool { return s.pairs != nil || len(s.items) > 0 }

func (s *shorts) scan(b *buffer, h *hits, l *lists) {
	if s.pairs == nil || len(s.items) > 0 && b.end-b.from >= longText {
		for _, it := range s.items {
			if strings.Contains(b.text(), it.text) {
				h.addList(l, it.list)
			}
		}
		return
	}
	if s.runs != nil {
		s.scanRuns(b, h, l)
		return
	}
	for at := b.from; at < b.end; at += block {
		for m := s.pass(b, at); m != 0; m &= m - 1 {
			s.look(b, at+bits.TrailingZeros64(m), h, l)
		}
	}
}

// scanRuns is scan where the processor asks about many places at once.
func (s *shorts) scanRuns(b *buffer, h *hits, l *lists) {
	for at := b.from; at < b.end; at += block {
		for m := s.runs.Marks((*[simd.MarksSize]byte)(b.bytes[at:])); m != 0; m &= m - 1 {
			if place := at + bits.TrailingZeros64(m); s.pairs.has(b.word(place)) != 0 {
				s.lookAt(b, place, 2, h, l)
				s.lookAt(b, place, 3, h, l)
			}
		}
	}
}

// pass returns the places at which there is a pair of a literal.
func (s *shorts) pass(b *buffer, at int) (out uint64) {
	p := s.pairs
	for n := 0; n < block && at+n+1 < b.end; n += 4 {
		w := b.word(at + n)
		out |= (p.has(w) | p.has(w>>8)<<1 | p.has(w>>16)<<2 | p.has(w>>24)<<3) << n
	}
	return out
}

// look adds the literals that have the pair at a place.
func (s *shorts) look(b *buffer, at int, h *hits, l *lists) {
	s.lookAt(b, at, 2, h, l)
	s.lookAt(b, at, 3, h, l)
	if at > b.from {
		s.lookAt(b, at-1, 3, h, l)
	}
}

func (s *shorts) lookAt(b *buffer, at, size int, h *hits, l *lists) {
	if list := s.index.get(b.word(at)&low(size), uint32(size)); list != absent && at+size <= b.end {
		h.addList(l, list)
	}
}

func (s *shorts) memory() int {
	if s.pairs == nil {
		return 24 * len(s.items)
	}
	return 24*len(s.items) + len(s.pairs)*8 + s.index.size()
}

// singles finds literals of one byte.
type singles struct {
	bytes []byte
	lists []int32
	bit   *[256]uint64 // of a byte that is a literal: its place in bytes, as a bit
}

func (s *singles) add(it trieEntry) {
	if s.bit == nil {
		s.bit = new([256]uint64)
	}
	if n := len(s.bytes); n < 64 {
		s.bit[it.text[0]] = 1 << n
	}
	s.bytes, s.lists = append(s.bytes, it.text[0]), append(s.lists, it.list)
}

// maxTogether is the size up to which a text is searched for all bytes at once.
const maxTogether = 512

func (s *singles) scan(b *buffer, h *hits, l *lists) {
	text := b.bytes[b.from:b.end]
	if len(s.bytes) < 4 || len(s.bytes) > 64 || len(text) > maxTogether {
		for i, c := range s.bytes {
			if bytes.IndexByte(text, c) >= 0 {
				h.addList(l, s.lists[i])
			}
		}
		return
	}
	found := uint64(0)
	for _, c := range text {
		found |= s.bit[c]
	}
	for i := range s.bytes {
		if found>>i&1 != 0 {
			h.addList(l, s.lists[i])
		}
	}
}

func (s *singles) memory() int {
	if s.bit == nil {
		return 0
	}
	return 8*256 + 5*len(s.bytes)
}
