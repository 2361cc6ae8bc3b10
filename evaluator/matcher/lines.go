package matcher

import (
	"hash/maphash"
	"strings"
)

// Long texts, such as scripts and what is told of their hosts, share most of their lines.
// Where no literal goes beyond a line, what tables find anywhere in a text is what they
// find in its lines; so a line is looked up among those that were seen lately. It is known
// by two independent hashes, of which no sender of texts can know the seeds; and before
// that it is compared with the line at the same place of the text before, since texts of
// one kind often differ in a few lines only.

// worthLines is how long a text is of which lines are remembered, in bytes.
const worthLines = 1 << 10

// maxLines is how many lines are remembered, of all matchers together.
const maxLines = 1 << 15

// lines is what is known of lines.
type lines struct {
	first, other maphash.Seed
	of           map[*Matcher]*knownLines
	kept         int
	buffer       buffer
	hits         hits
}

type lineKey struct{ first, other uint64 }

// knownLines is what a matcher has found in lines: candidates and marks.
type knownLines struct {
	found map[lineKey][]int32
	last  []lastLine // of the text before
}

type lastLine struct {
	text  []byte
	found []int32
}

// Limits of what is kept of the text before: lines, and bytes of one.
const (
	maxLast      = 64
	maxLastBytes = 1 << 13
)

// byLine adds what tables find in the lines of a text.
func (x *lines) byLine(m *Matcher, text string, h *hits) {
	known := x.known(m)
	for n := 0; text != ""; n++ {
		found, size := known.again(n, text)
		if size < 0 {
			if size = strings.IndexByte(text, '\n'); size < 0 {
				size = len(text)
			}
			found = x.line(m, known, text[:size])
			known.keep(n, text[:size], found)
		}
		text = text[min(size+1, len(text)):]
		for _, n := range found {
			h.add(n)
		}
	}
}

// known returns what is known of a matcher.
func (x *lines) known(m *Matcher) *knownLines {
	if x.of == nil || x.kept >= maxLines {
		*x = lines{first: maphash.MakeSeed(), other: maphash.MakeSeed(), of: map[*Matcher]*knownLines{}, buffer: x.buffer, hits: x.hits}
	}
	known := x.of[m]
	if known == nil {
		known = &knownLines{found: map[lineKey][]int32{}}
		x.of[m] = known
	}
	return known
}

// again returns what is found in the first line of a text, and its size, if it is the n-th
// of the text before; else the size is negative.
func (k *knownLines) again(n int, text string) (found []int32, size int) {
	if n >= len(k.last) {
		return nil, -1
	}
	l := &k.last[n]
	if size = len(l.text); len(text) < size || text[:size] != string(l.text) || len(text) > size && text[size] != '\n' {
		return nil, -1
	}
	return l.found, size
}

// keep notes the n-th line of a text.
func (k *knownLines) keep(n int, line string, found []int32) {
	switch {
	case n >= maxLast || len(line) > maxLastBytes:
		k.last = k.last[:min(n, len(k.last))]
		return
	case n == len(k.last):
		k.last = append(k.last, lastLine{})
	case n > len(k.last):
		return
	}
	k.last[n].text, k.last[n].found = append(k.last[n].text[:0], line...), found
}

// line returns what is found in a line.
func (x *lines) line(m *Matcher, known *knownLines, line string) []int32 {
	key := lineKey{maphash.String(x.first, line), maphash.String(x.other, line)}
	found, ok := known.found[key]
	if !ok {
		found = x.scan(m, line)
		known.found[key] = found
		x.kept++
	}
	return found
}

// scan returns what is found in a line.
func (x *lines) scan(m *Matcher, line string) (found []int32) {
	b, h := &x.buffer, &x.hits
	h.grow(int(m.marks))
	b.fold(line)
	m.anywhere(b, h)
	b.release()
	h.each(func(n int32) { found = append(found, n) })
	return found
}
