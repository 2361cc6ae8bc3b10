package matcher

import (
	"encoding/binary"
	"math/bits"
)

// grams finds literals anywhere in a text. Of each literal of four bytes or
// more one run, its gram, is in a set that is small enough for a fast cache: the
// run that is rarest among literals and common texts. A scan asks at every
// place whether what stands there may be a gram, which depends on nothing found
// before, and compares the literals of the few grams that there are. Literals
// of two and three bytes are grams themselves.
type grams struct {
	mask    uint64  // of the bytes of a gram: eight, or as many as the shortest literal has
	filter  filter  // grams
	index   table   // gram -> number of its first entry
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

// filter is a set of hashes. It has a byte for each, which is faster to test
// than a bit.
type filter []uint8

// newFilter returns a set of which entries fill no more than a sixteenth.
func newFilter(entries int) filter {
	return make(filter, 1<<min(max(bits.Len(uint(entries*16)), 10), 17))
}

const hashFactor = 0x9E3779B97F4A7C15

// hash is masked to the size of a filter.
func hash(gram uint64) uint64 { return gram * hashFactor >> 44 }

func (f filter) add(gram uint64, bit uint8) { f[hash(gram)&uint64(len(f)-1)] |= bit }

func newGrams(items []trieEntry) grams {
	var g grams
	var long []trieEntry
	length := 8
	for _, it := range items {
		switch n := len(it.text); {
		case n == 1:
			g.single.add(it)
		case n < 4:
			g.short.items = append(g.short.items, it)
		default:
			long = append(long, it)
			length = min(length, n)
		}
	}
	g.short.finish()
	if len(long) > 0 {
		g.mask = low(length)
		g.place(choose(long, length))
	}
	return g
}

// place takes literals in the order of their grams.
func (g *grams) place(places []place) {
	distinct, total := 0, 0
	for i, p := range places {
		total += len(p.item.text)
		if i == 0 || places[i-1].gram != p.gram {
			distinct++
		}
	}
	g.filter, g.index = newFilter(distinct), newTable(distinct)
	g.entries, g.texts = make([]entry, 0, len(places)), make([]byte, 0, total)
	for i, p := range places {
		if i == 0 || places[i-1].gram != p.gram {
			g.index.put(p.gram, 0, int32(i))
			g.filter.add(p.gram, 1)
		}
		back := uint32(p.back)
		if i+1 == len(places) || places[i+1].gram != p.gram {
			back |= lastEntry
		}
		text := p.item.text
		g.entries = append(g.entries, entry{head(text), uint32(len(g.texts)), uint32(len(text)), back, p.item.list})
		g.texts = append(g.texts, text...)
	}
}

// head returns the first eight bytes of a text, zeros behind its end.
func head(text string) uint64 {
	var w [8]byte
	copy(w[:], text)
	return binary.LittleEndian.Uint64(w[:])
}

// scan adds the literals that occur in a text.
func (g *grams) scan(b *buffer, h *hits, l *lists) {
	g.single.scan(b, h, l)
	g.short.scan(b, h, l)
	if len(g.filter) == 0 {
		return
	}
	for at := b.from; at < b.end; at += block {
		for m := g.pass(b, at); m != 0; m &= m - 1 {
			g.look(b, at+bits.TrailingZeros64(m), h, l)
		}
	}
}

// block is how many places are asked about at once; what comes back has a bit
// for each. The buffer is padded so that a block may begin at its last byte.
const block = 64

// pass returns the places at which there may be a gram. It is written out
// because the compiler does not do so, which would cost twice the time.
func (g *grams) pass(b *buffer, at int) uint64 {
	f, mask, out := g.filter, g.mask, uint64(0)
	size := uint64(len(f) - 1)
	for n := 0; n < block && at+n+3 < b.end; n += 8 {
		w := b.bytes[at+n : at+n+16]
		some := uint64(f[hash(binary.LittleEndian.Uint64(w[0:])&mask)&size])
		some |= uint64(f[hash(binary.LittleEndian.Uint64(w[1:])&mask)&size]) << 1
		some |= uint64(f[hash(binary.LittleEndian.Uint64(w[2:])&mask)&size]) << 2
		some |= uint64(f[hash(binary.LittleEndian.Uint64(w[3:])&mask)&size]) << 3
		some |= uint64(f[hash(binary.LittleEndian.Uint64(w[4:])&mask)&size]) << 4
		some |= uint64(f[hash(binary.LittleEndian.Uint64(w[5:])&mask)&size]) << 5
		some |= uint64(f[hash(binary.LittleEndian.Uint64(w[6:])&mask)&size]) << 6
		some |= uint64(f[hash(binary.LittleEndian.Uint64(w[7:])&mask)&size]) << 7
		out |= some << n
	}
	return out
}

// look adds those literals of the gram at a place that are in the text.
func (g *grams) look(b *buffer, at int, h *hits, l *lists) {
	first := g.index.get(b.word(at)&g.mask, 0)
	if first == absent {
		return
	}
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
	return len(g.filter) + g.index.size() + 24*len(g.entries) + len(g.texts) + g.short.memory() + g.single.memory()
}
