package matcher

import (
	"encoding/binary"
	"math/bits"
	"slices"

	"github.com/socctl/socctl/evaluator/simd"
)

// grams finds literals anywhere in a text. Of each literal of four bytes or
// more, or of three if there are few, one run, its gram, is in a set that is
// small enough for a fast cache: the run that is rarest among literals and
// common texts. A scan asks at every place whether what stands there may be a
// gram, which depends on nothing found before, and compares the literals of the
// few grams that there are. Literals of fewer bytes are grams themselves.
type grams struct {
	mask    uint64  // of the bytes of a gram: eight, or as many as the shortest literal has
	few     *few    // grams, if they are not many; nil otherwise
	filter  filter  // grams, if they are
	index   table   // gram -> number of its first entry, with filter
	entries []entry // in the order of grams
	texts   []byte  // of the literals, one after the other
	short   shorts
	single  singles
}

// entry is a literal of a gram.
type entry struct {
	head uint64 // its first bytes
	text uint32 // offset in texts
	size uint32
	back uint32 // bytes of the literal before the gram; lastEntry is set on the last one of the gram
	list int32
}

const lastEntry = 1 << 31

// fewLiterals is how many literals may be known by three bytes each without many texts
// having some of these by chance.
const fewLiterals = 1 << 8

func (w *workspace) newGrams(items []trieEntry) grams {
	var g grams
	long, length, least := w.long[:0], 8, 4
	if len(items) <= fewLiterals {
		least = 3
	}
	for _, it := range items {
		switch n := len(it.text); {
		case n == 1:
			g.single.add(it)
		case n < least:
			g.short.items = append(g.short.items, it)
		default:
			long = append(long, it)
			length = min(length, n)
		}
	}
	w.long = long
	g.short.finish()
	if len(long) > 0 {
		g.mask = low(length)
		g.place(long, w.choose(long, length))
	}
	return g
}

// place takes literals with their grams, in the order of these.
func (g *grams) place(items []trieEntry, places []place) {
	distinct, total := 0, 0
	for i, p := range places {
		total += len(items[p.item].text)
		if i == 0 || places[i-1].gram != p.gram {
			distinct++
		}
	}
	g.entries, g.texts = make([]entry, 0, len(places)), make([]byte, 0, total)
	same := g.together(places, distinct)
	for i, p := range places {
		text := items[p.item].text
		switch first := i == 0 || !same(places[i-1], p); {
		case g.few != nil:
			g.few.add(text, p, i, first)
		case first:
			g.index.put(p.gram, 0, int32(i))
			g.filter.add(p.gram)
		}
		back := uint32(p.back)
		if i+1 == len(places) || !same(p, places[i+1]) {
			back |= lastEntry
		}
		g.entries = append(g.entries, entry{head(text), uint32(len(g.texts)), uint32(len(text)), back, items[p.item].list})
		g.texts = append(g.texts, text...)
	}
}

// together prepares for literals of so many distinct grams, and tells which places are
// looked up together: those of one gram, or of one slot, which it brings together.
func (g *grams) together(places []place, distinct int) (same func(a, b place) bool) {
	if distinct > fewGrams || !simd.Available() {
		g.filter, g.index = newFilter(distinct), newTable(distinct)
		return func(a, b place) bool { return a.gram == b.gram }
	}
	g.few = newFew()
	slices.SortStableFunc(places, func(a, b place) int { return int(slotOf(a.gram)) - int(slotOf(b.gram)) })
	return func(a, b place) bool { return slotOf(a.gram) == slotOf(b.gram) }
}

// head returns the first eight bytes of a text, zeros behind its end.
func head(text string) uint64 {
	var w [8]byte
	copy(w[:], text)
	return binary.LittleEndian.Uint64(w[:])
}

// scan adds the literals that occur in a text.
func (g *grams) scan(b *buffer, h *hits, l *lists) {
	if len(g.single.bytes) > 0 {
		g.single.scan(b, h, l)
	}
	if g.short.any() {
		g.short.scan(b, h, l)
	}
	switch {
	case len(g.entries) == 0:
		return
	case g.few != nil:
		g.scanFew(b, h, l)
		return
	}
	for at := b.from; at < b.end; at += block {
		for m := g.filter.pass(b, at, g.mask); m != 0; m &= m - 1 {
			g.look(b, at+bits.TrailingZeros64(m), h, l)
		}
	}
}

// look adds those literals of the gram at a place that are in the text.
func (g *grams) look(b *buffer, at int, h *hits, l *lists) {
	if first := g.index.get(b.word(at)&g.mask, 0); first != absent {
		g.compare(b, at, first, h, l)
	}
}

// compare adds those of the literals from an entry on that are in the text.
func (g *grams) compare(b *buffer, at int, first int32, h *hits, l *lists) {
	for i := first; ; i++ {
		e := &g.entries[i]
		from, size := at-int(e.back&^lastEntry), int(e.size)
		if from >= b.from && from+size <= b.end && (b.word(from)^e.head)<<(64-8*min(size, 8)) == 0 &&
			(size <= 8 || string(b.bytes[from+8:from+size]) == string(g.texts[int(e.text)+8:int(e.text)+size])) {
			h.addList(l, e.list)
		}
		if e.back&lastEntry != 0 {
			return
		}
	}
}

func (g *grams) memory() int {
	return g.few.memory() + g.filter.memory() + g.index.size() + 24*len(g.entries) + len(g.texts) + g.short.memory() + g.single.memory()
}
