package matcher

import (
	"bytes"
	"math/bits"
	"strings"
)

// shorts finds literals of two and three bytes.
type shorts struct {
	items  []trieEntry
	filter filter // set 0: those of two, set 1: of three; empty if they are few
	index  table  // literal, and its length -> list
}

// fewShorts is how many literals are looked for one after the other.
const fewShorts = 3

func (s *shorts) finish() {
	if len(s.items) <= fewShorts {
		return
	}
	s.filter, s.index = newFilter(min(len(s.items), 1<<largest/16-1)), newTable(len(s.items))
	for _, it := range s.items {
		s.index.put(head(it.text), uint32(len(it.text)), it.list)
		s.filter.add(head(it.text), len(it.text)-2)
	}
	s.items = nil
}

func (s *shorts) scan(b *buffer, h *hits, l *lists) {
	if s.filter.bytes == nil {
		for _, it := range s.items {
			if strings.Contains(b.text(), it.text) {
				h.addList(l, it.list)
			}
		}
		return
	}
	for at := b.from; at < b.end; at += block {
		for m := s.pass(b, at); m != 0; m &= m - 1 {
			s.look(b, at+bits.TrailingZeros64(m), h, l)
		}
	}
}

// pass returns the places at which there may be a literal.
func (s *shorts) pass(b *buffer, at int) uint64 {
	t, out := s.filter.bytes, uint64(0)
	size := uint64(len(t) - 1)
	two := func(w uint64) uint64 { return uint64(t[hash(w&0xffff)&size]) & 1 }
	three := func(w uint64) uint64 { return uint64(t[hash(w&0xffffff)&size]) >> 1 }
	for n := 0; n < block && at+n+1 < b.end; n += 4 {
		w := b.word(at + n)
		some := two(w) | three(w)
		some |= (two(w>>8) | three(w>>8)) << 1
		some |= (two(w>>16) | three(w>>16)) << 2
		some |= (two(w>>24) | three(w>>24)) << 3
		out |= some << n
	}
	return out
}

// look adds the literals at a place.
func (s *shorts) look(b *buffer, at int, h *hits, l *lists) {
	w := b.word(at)
	if list := s.index.get(w&low(2), 2); list != absent && at+2 <= b.end {
		h.addList(l, list)
	}
	if list := s.index.get(w&low(3), 3); list != absent && at+3 <= b.end {
		h.addList(l, list)
	}
}

func (s *shorts) memory() int { return len(s.filter.bytes) + s.index.size() + 24*len(s.items) }

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
	if len(s.bytes) == 0 {
		return
	}
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
