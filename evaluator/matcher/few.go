package matcher

import (
	"encoding/binary"
	"math/bits"
	"strings"
	"unsafe"

	"github.com/socctl/socctl/evaluator/simd"
)

// few finds the grams of few literals. Many places of a text are looked at together: a set
// of runs tells most of those at which there is none. At the others, a byte for each hash
// of a gram tells which literal may stand there, of which the first bytes are compared: most
// literals have no more, and are found or not with that. None of it is a matter of branches,
// which nobody could predict: these are for the places that remain.
type few struct {
	runs   simd.Runs
	slots  [1 << slotBits]uint8 // hash of a gram -> number of its probe
	probes [1 << 8]probe        // the first one is of no gram
	used   uint8
}

// probe is what is asked at a place where there may be a gram of a slot.
type probe struct {
	mask, head [2]uint64 // of bytes of the text from back bytes before on, and what they must be
	back       uint32
	first      int32  // of the entries of the slot
	whole      uint64 // 1 if that is all of the only literal of the slot, else 0
}

// probed is how many bytes of a literal are in a probe, at most.
const probed = 16

// fewFound are the probes whose literals are found as a whole.
type fewFound [(fewGrams + 64) / 64]uint64

// fewGrams is how many grams are few enough for a set of runs to tell most places of a
// text that are none.
const fewGrams = 100

// slotBits is for a table that leaves nearly all of the cache to others, and in which
// hardly any two grams share a slot.
const slotBits = 10

func newFew() *few {
	f := &few{}
	f.probes[0].head[0] = 1 // which no text has of no byte
	return f
}

func slotOf(gram uint64) uint64 { return gram * hashFactor >> (64 - slotBits) }

// add adds a literal by what it has from its gram on, which may be more than the gram: the
// more is known of it, the fewer texts have it by chance. first says that its entry is the
// first one of the slot.
func (f *few) add(text string, p place, entry int, first bool) {
	from := text[p.back:]
	f.runs.Add(uint32(head(from)), min(len(from), simd.RunSize))
	slot := &f.slots[slotOf(p.gram)]
	if !first {
		f.probes[*slot] = probe{back: f.probes[*slot].back, first: f.probes[*slot].first}
		return
	}
	f.used++
	*slot = f.used
	one := &f.probes[f.used]
	*one = probe{back: uint32(p.back), first: int32(entry)}
	one.mask[0], one.head[0] = low(min(len(text), 8)), head(text)
	if len(text) > 8 {
		one.mask[1], one.head[1] = low(min(len(text)-8, 8)), head(text[8:])
	}
	// Around a text there are zeros, with which a literal is never found half outside.
	if len(text) <= probed && strings.IndexByte(text, 0) < 0 {
		one.whole = 1
	}
}

// scanFew is scan for few grams.
func (g *grams) scanFew(b *buffer, h *hits, l *lists) {
	f := g.few
	var found fewFound
	for at := b.from; at < b.end; at += block {
		for m := f.pass(b, at, g.mask, &found); m != 0; m &= m - 1 {
			place := at + bits.TrailingZeros64(m)
			slot := f.slots[slotOf(b.word(place)&g.mask)]
			g.compare(b, place, f.probes[slot].first, h, l)
		}
	}
	for i, word := range found {
		for ; word != 0; word &= word - 1 {
			h.addList(l, g.entries[f.probes[i<<6|bits.TrailingZeros64(word)].first].list)
		}
	}
}

// pass adds the probes of a block whose literals are found as a whole, and returns the
// places at which another literal may stand.
func (f *few) pass(b *buffer, at int, mask uint64, found *fewFound) (out uint64) {
	const before = windows // bytes of a literal before its gram, at most
	text := (*[before + block + probed]byte)(b.bytes[at-before:])
	for marks := f.runs.Marks((*[simd.MarksSize]byte)(text[before:])); marks != 0; marks &= marks - 1 {
		n := uint(bits.TrailingZeros64(marks)) % block
		slot := f.slots[slotOf(binary.LittleEndian.Uint64(text[before+n:])&mask)]
		p := &f.probes[slot]
		from := before + n - uint(p.back%before)
		differs := (binary.LittleEndian.Uint64(text[from:])&p.mask[0] ^ p.head[0]) | (binary.LittleEndian.Uint64(text[from+8:])&p.mask[1] ^ p.head[1])
		same := ^(differs | -differs) >> 63
		found[slot>>6%uint8(len(found))] |= same & p.whole << (slot & 63)
		out |= same &^ p.whole << n
	}
	return out
}

func (f *few) memory() int {
	if f == nil {
		return 0
	}
	return int(unsafe.Sizeof(*f))
}
