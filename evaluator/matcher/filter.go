package matcher

import (
	"encoding/binary"
	"math/bits"
)

// filter is a set of hashes of grams. It has a byte for each hash, which is
// faster to test than a bit, unless that would make it too large for a cache.
type filter struct {
	bytes  []uint8
	packed bool // there are eight hashes to a byte
}

// largest is the size of the largest filter: 128 KiB.
const largest = 17

// smallest is the size of the smallest filter: 4 KiB, which all caches hold.
const smallest = 12

// newFilter returns a set of which entries fill a sixteenth or less, unless
// there are so many of them that even a bit for each is too much.
func newFilter(entries int) filter {
	log := max(bits.Len(uint(entries*16)), smallest)
	return filter{bytes: make([]uint8, 1<<min(log, largest)), packed: log > largest}
}

const hashFactor = 0x9E3779B97F4A7C15

// hash has as many bits as the largest filter; for a smaller one the lowest
// are taken.
func hash(gram uint64) uint64 { return gram * hashFactor >> (64 - largest - 3) }

// add adds a gram.
func (f *filter) add(gram uint64) {
	h := hash(gram)
	if f.packed {
		f.bytes[h>>3] |= 1 << (h & 7)
		return
	}
	f.bytes[h&uint64(len(f.bytes)-1)] = 1
}

// block is how many places are asked about at once; what comes back has a bit
// for each. The buffer is padded so that a block may begin at its last byte.
const block = 64

// pass returns the places at which there may be a gram, of the bytes in mask.
// Loops are written out because the compiler does not do so, which would cost
// twice the time.
func (f *filter) pass(b *buffer, at int, mask uint64) uint64 {
	if f.packed {
		return f.passPacked(b, at, mask)
	}
	t, out := f.bytes, uint64(0)
	size := uint64(len(t) - 1)
	for n := 0; n < block && at+n+2 < b.end; n += 8 {
		w := b.bytes[at+n : at+n+16]
		some := uint64(t[hash(binary.LittleEndian.Uint64(w[0:])&mask)&size])
		some |= uint64(t[hash(binary.LittleEndian.Uint64(w[1:])&mask)&size]) << 1
		some |= uint64(t[hash(binary.LittleEndian.Uint64(w[2:])&mask)&size]) << 2
		some |= uint64(t[hash(binary.LittleEndian.Uint64(w[3:])&mask)&size]) << 3
		some |= uint64(t[hash(binary.LittleEndian.Uint64(w[4:])&mask)&size]) << 4
		some |= uint64(t[hash(binary.LittleEndian.Uint64(w[5:])&mask)&size]) << 5
		some |= uint64(t[hash(binary.LittleEndian.Uint64(w[6:])&mask)&size]) << 6
		some |= uint64(t[hash(binary.LittleEndian.Uint64(w[7:])&mask)&size]) << 7
		out |= some << n
	}
	return out
}

func (f *filter) passPacked(b *buffer, at int, mask uint64) uint64 {
	t, out := (*[1 << largest]uint8)(f.bytes), uint64(0)
	for n := 0; n < block && at+n+2 < b.end; n += 4 {
		w := b.bytes[at+n : at+n+16]
		h0, h1 := hash(binary.LittleEndian.Uint64(w[0:])&mask), hash(binary.LittleEndian.Uint64(w[1:])&mask)
		h2, h3 := hash(binary.LittleEndian.Uint64(w[2:])&mask), hash(binary.LittleEndian.Uint64(w[3:])&mask)
		some := uint64(t[h0>>3]>>(h0&7)&1) | uint64(t[h1>>3]>>(h1&7)&1)<<1 | uint64(t[h2>>3]>>(h2&7)&1)<<2 | uint64(t[h3>>3]>>(h3&7)&1)<<3
		out |= some << n
	}
	return out
}

func (f *filter) memory() int { return len(f.bytes) }
