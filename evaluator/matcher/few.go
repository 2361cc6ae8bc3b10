package matcher

import (
	"encoding/binary"
	"math/bits"
	"unsafe"

	"github.com/socctl/socctl/evaluator/simd"
)

// few finds the grams of few literals. Many places of a text are looked at together: a set
// of runs tells most of those at which there is none. At the others, a byte for each hash
// of a gram tells which literal may stand there, of which the first bytes are compared.
// None of that is a matter of branches, which nobody could predict: these are for the
// places that remain.
type few struct {
	runs   simd.Runs
	slots  [1 << slotBits]uint8 // hash of a gram -> number of its probe
	probes [1 << 8]probe        // the first one is of no gram
	used   uint8
}

// probe is what is asked at a place where there may be a gram of a slot.
type probe struct {
	mask, head uint64 // of bytes of the text from back bytes before on, and what they must be
	back       uint32
	first      int32 // of the entries of the slot
}

// fewGrams is how many grams are few enough for a set of runs to tell most places of a
// text that are none.
const fewGrams = 100

// slotBits is for a table that leaves nearly all of the cache to others, and in which
// hardly any two grams share a slot.
const slotBits = 10

func newFew() *few {
	f := &few{}
	f.probes[0].head = 1 // which no text has of no byte
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
		one := &f.probes[*slot]
		one.mask, one.head = 0, 0
		return
	}
	f.used++
	*slot = f.used
	f.probes[f.used] = probe{low(min(len(text), 8)), head(text), uint32(p.back), int32(entry)}
}

// scanFew is scan for few grams.
func (g *grams) scanFew(b *buffer, h *hits, l *lists) {
	f := g.few
	for at := b.from; at < b.end; at += block {
		for m := f.pass(b, at, g.mask); m != 0; m &= m - 1 {
			place := at + bits.TrailingZeros64(m)
			slot := f.slots[slotOf(b.word(place)&g.mask)]
			g.compare(b, place, f.probes[slot].first, h, l)
		}
	}
}

// pass returns the places of a block at which a literal may stand.
func (f *few) pass(b *buffer, at int, mask uint64) (out uint64) {
	const before = windows // bytes of a literal before its gram, at most
	text := (*[before + block + 8]byte)(b.bytes[at-before:])
	for marks := f.runs.Marks((*[simd.MarksSize]byte)(text[before:])); marks != 0; marks &= marks - 1 {
		n := uint(bits.TrailingZeros64(marks)) % block
		p := &f.probes[f.slots[slotOf(binary.LittleEndian.Uint64(text[before+n:])&mask)]]
		differs := binary.LittleEndian.Uint64(text[before+n-uint(p.back%before):])&p.mask ^ p.head
		out |= ^(differs | -differs) >> 63 << n
	}
	return out
}

func (f *few) memory() int {
	if f == nil {
		return 0
	}
	return int(unsafe.Sizeof(*f))
}
