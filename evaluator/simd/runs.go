package simd

import (
	"encoding/binary"
	"math"
	"math/bits"
)

// RunSize is how many bytes of a run Runs look at, at most.
const RunSize = 4

// Runs are sets of runs of one to four bytes, which may hold many that were not added,
// the more so the more were. They are asked about many places at a time. The runs are
// parted into eight groups; of each group it is known which halves of bytes, of four
// bits each, its runs have at each place. Behind the end of a run anything may stand.
type Runs struct {
	// By place within a run and half of a byte: a bit for each group.
	low, high [RunSize][16]uint8
	groups    [8]runGroup
}

// runGroup is what a group holds, by place within a run: a bit for each half of a byte.
type runGroup struct{ low, high [RunSize]uint16 }

// Add adds the first bytes of a run, the first one lowest: as many as length says.
func (r *Runs) Add(run uint32, length int) {
	n := r.groupFor(run, length)
	g, bit := &r.groups[n], uint8(1)<<n
	for i := range RunSize {
		low, high := halves(run, i, length)
		g.low[i] |= low
		g.high[i] |= high
		for half := range 16 {
			r.low[i][half] |= uint8(low>>half&1) * bit
			r.high[i][half] |= uint8(high>>half&1) * bit
		}
	}
}

// halves returns the halves that a run has at a place, as sets.
func halves(run uint32, i, length int) (low, high uint16) {
	if i >= length {
		return math.MaxUint16, math.MaxUint16
	}
	c := uint8(run >> (8 * i))
	return 1 << (c & 15), 1 << (c >> 4)
}

// groupFor returns the group that comes to mark the fewest runs more if it takes one.
func (r *Runs) groupFor(run uint32, length int) (best int) {
	least := -1
	for n := range r.groups {
		g := &r.groups[n]
		before, behind := 1, 1
		for i := range RunSize {
			low, high := halves(run, i, length)
			before *= bits.OnesCount16(g.low[i]) * bits.OnesCount16(g.high[i])
			behind *= bits.OnesCount16(g.low[i]|low) * bits.OnesCount16(g.high[i]|high)
		}
		if more := behind - before; least < 0 || more < least {
			best, least = n, more
		}
	}
	return best
}

// MarksSize is how many bytes Marks reads, of which BlockSize are places.
const MarksSize = BlockSize + RunSize

// Marks returns at which of the first 64 places of a text a run of the set may start, a
// bit for each, the lowest for the first: at those of all runs that were added, at least.
func (r *Runs) Marks(text *[MarksSize]byte) (marks uint64) {
	if available {
		return runs(r, text)
	}
	for at := range BlockSize {
		word, groups := binary.LittleEndian.Uint32(text[at:]), uint8(0xff)
		for i := range RunSize {
			c := uint8(word >> (8 * i))
			groups &= r.low[i][c&15] & r.high[i][c>>4]
		}
		if groups != 0 {
			marks |= 1 << at
		}
	}
	return marks
}
