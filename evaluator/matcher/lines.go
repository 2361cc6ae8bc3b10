package matcher

import (
	"hash/maphash"
	"strings"
)

// Long texts, such as scripts and what is told of their hosts, share most of their lines.
// Where no literal goes beyond a line, what tables find anywhere in a text is what they
// find in its lines; so a line is looked up among those that were seen lately. It is known
// by two independent hashes, of which no sender of texts can know the seeds.

// worthLines is how long a text is of which lines are remembered, in bytes.
const worthLines = 1 << 10

// maxLines is how many lines are remembered, of all matchers together.
const maxLines = 1 << 15

// lines is what is known of lines.
type lines struct {
	first, other maphash.Seed
	of           map[*Matcher]map[lineKey][]int32 // candidates and marks
	kept         int
	buffer       buffer
	hits         hits
}

type lineKey struct{ first, other uint64 }

// byLine adds what tables find in the lines of a text.
func (x *lines) byLine(m *Matcher, text string, h *hits) {
	if x.of == nil || x.kept >= maxLines {
		*x = lines{first: maphash.MakeSeed(), other: maphash.MakeSeed(), of: map[*Matcher]map[lineKey][]int32{}, buffer: x.buffer, hits: x.hits}
	}
	known := x.of[m]
	if known == nil {
		known = map[lineKey][]int32{}
		x.of[m] = known
	}
	for text != "" {
		line := text
		if end := strings.IndexByte(text, '\n'); end >= 0 {
			line, text = text[:end], text[end+1:]
		} else {
			text = ""
		}
		key := lineKey{maphash.String(x.first, line), maphash.String(x.other, line)}
		found, ok := known[key]
		if !ok {
			found = x.scan(m, line)
			known[key] = found
			x.kept++
		}
		for _, n := range found {
			h.add(n)
		}
	}
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
