package record

import (
	"bytes"
	"hash/maphash"
	"unsafe"
)

// distinct is texts, each once, with numbers in the order in which they came. A map would
// take a look-up to find a text, another one to add it, and an allocation for each.
type distinct struct {
	texts  []string
	hashes []uint32 // by number
	slots  []uint32 // numbers and one, by hash; 0 for free ones
}

// seed makes hashes of texts differ between processes, so that nobody can write texts
// that all have the same.
var seed = maphash.MakeSeed()

// fewTexts is up to how many texts are compared one by one.
const fewTexts = 4

// of returns the number of a text, which is copied into room if it is new.
func (d *distinct) of(text []byte, room *keeper) (number uint32, known bool) {
	number, known = d.find(text)
	if !known {
		d.texts[number] = room.keep(text)
	}
	return number, known
}

// share returns the number of a text of which the memory is kept.
func (d *distinct) share(text string) uint32 {
	number, known := d.find(bytesOf(text))
	if !known {
		d.texts[number] = text
	}
	return number
}

// find returns the number of a text. If it is not known, the caller puts it into its place.
func (d *distinct) find(text []byte) (number uint32, known bool) {
	if d.slots == nil {
		for i, t := range d.texts {
			if t == string(text) {
				return uint32(i), true
			}
		}
		if len(d.texts) < fewTexts {
			d.texts = append(d.texts, "")
			return uint32(len(d.texts) - 1), false
		}
		d.hashAll()
	}
	hash := hashOf(text)
	mask := uint32(len(d.slots) - 1)
	at := hash & mask
	for ; d.slots[at] != 0; at = (at + 1) & mask {
		n := d.slots[at] - 1
		if d.hashes[n] == hash && d.texts[n] == string(text) {
			return n, true
		}
	}
	number = uint32(len(d.texts))
	d.slots[at] = number + 1
	d.texts, d.hashes = append(d.texts, ""), append(d.hashes, hash)
	if 4*len(d.texts) > 3*len(d.slots) {
		d.grow()
	}
	return number, false
}

func hashOf(text []byte) uint32 { return uint32(maphash.Bytes(seed, text)) }

// hashAll begins to find texts by their hashes.
func (d *distinct) hashAll() {
	for _, t := range d.texts {
		d.hashes = append(d.hashes, hashOf(bytesOf(t)))
	}
	d.slots = make([]uint32, 4*fewTexts)
	d.place()
}

func (d *distinct) grow() {
	d.slots = make([]uint32, 2*len(d.slots))
	d.place()
}

// place gives each text its slot, of which all are free.
func (d *distinct) place() {
	mask := uint32(len(d.slots) - 1)
	for n, hash := range d.hashes {
		at := hash & mask
		for d.slots[at] != 0 {
			at = (at + 1) & mask
		}
		d.slots[at] = uint32(n) + 1
	}
}

// bytesOf are the bytes of a text, which must not be changed.
func bytesOf(text string) []byte { return unsafe.Slice(unsafe.StringData(text), len(text)) }

// keeper is memory for texts that are all given up at the same time. It grows with what is
// kept in it, for many parts of a recording have only a few.
type keeper struct {
	free []byte
	next int // size of the next block
}

const (
	leastBlock = 1 << 10
	mostBlock  = 256 << 10
)

// keep copies a text.
func (a *keeper) keep(text []byte) string {
	if len(text) > mostBlock/8 {
		return alias(bytes.Clone(text))
	}
	if len(text) > len(a.free) {
		a.next = min(max(leastBlock, 2*a.next, 2*len(text)), mostBlock)
		a.free = make([]byte, a.next)
	}
	own := a.free[:len(text):len(text)]
	copy(own, text)
	a.free = a.free[len(text):]
	return alias(own)
}
