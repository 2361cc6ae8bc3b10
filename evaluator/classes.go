package evaluator

import (
	"math/bits"
	"math/rand/v2"
	"slices"

	"github.com/socctl/socctl/evaluator/matcher"
)

// A class is the set of predicates that the value of a field satisfies. Values
// are many and repeat themselves; classes are few. So a value is looked up once
// among those that were seen lately, and everything behind works on classes.

// Limits of what an Evaluator remembers. At each of them it forgets everything
// of the kind and begins anew, so that no input makes it grow.
const (
	cacheSlots  = 1 << 17 // values; 16 bytes each
	textSlots   = 1 << 18 // texts of batches, which come from many files and are asked for less often
	maxClasses  = 1 << 14
	maxAtoms    = 1 << 20 // in all classes together
	maxVerdicts = 1 << 14
)

// classes gives every set of predicates a number. The first is the empty set.
type classes struct {
	atoms [][]int32   // by class, ascending
	slots []classSlot // by hash, at most half of them in use
	seed  [2]uint64
	total int
	epoch int // how often all were forgotten
}

// classSlot is a class other than the first, or free.
type classSlot struct {
	hash  uint64
	class uint32
}

func newClasses() *classes {
	c := &classes{seed: [2]uint64{rand.Uint64(), rand.Uint64() | 1}}
	c.forget()
	return c
}

func (c *classes) forget() {
	c.atoms = [][]int32{nil}
	c.slots = make([]classSlot, 1<<8)
	c.total = 0
	c.epoch++
}

// full reports whether it is time to forget.
func (c *classes) full() bool { return len(c.atoms) >= maxClasses || c.total >= maxAtoms }

// of returns the class of a set of predicates, which must be ascending.
func (c *classes) of(atoms []int32) uint32 {
	if len(atoms) == 0 {
		return 0
	}
	sum := c.hash(atoms)
	s := c.slot(sum, atoms)
	if s.class != 0 {
		return s.class
	}
	n := uint32(len(c.atoms))
	*s = classSlot{sum, n}
	c.atoms = append(c.atoms, slices.Clone(atoms))
	c.total += len(atoms)
	if 2*len(c.atoms) > len(c.slots) {
		c.grow()
	}
	return n
}

// hash returns a hash of a set, which nobody can foresee who does not know the seeds.
func (c *classes) hash(atoms []int32) uint64 {
	h := c.seed[0]
	for _, a := range atoms {
		high, low := bits.Mul64(h^uint64(uint32(a)), c.seed[1])
		h = high ^ bits.RotateLeft64(low, 29)
	}
	return h
}

// slot returns the slot of a set, or the free one where it belongs.
func (c *classes) slot(sum uint64, atoms []int32) *classSlot {
	mask := uint64(len(c.slots) - 1)
	for at := sum; ; at++ {
		s := &c.slots[at&mask]
		if s.class == 0 || s.hash == sum && slices.Equal(c.atoms[s.class], atoms) {
			return s
		}
	}
}

func (c *classes) grow() {
	old := c.slots
	c.slots = make([]classSlot, 2*len(old))
	for _, s := range old {
		if s.class != 0 {
			*c.slot(s.hash, c.atoms[s.class]) = s
		}
	}
}

// valueCache remembers the classes of values that were seen lately. A value is
// known by a hash of 125 bits under keys that no sender of events can know, so that
// no value is taken for another. The four slots of a bucket are one line of a cache of
// the processor.
type valueCache struct {
	buckets      []valueBucket // made when the first value is remembered
	slots        int           // a power of two, of cacheSlots or more
	hash         *valueHash
	asked, found uint64
}

const cacheWays = 4

type valueBucket [cacheWays]valueSlot

// valueSlot is a value: what of the first part of its hash does not tell the bucket, with
// one more than the class in the lowest bits, and the other part of the hash.
type valueSlot struct{ first, other uint64 }

const classBits = 16

func newValueCache(slots int) *valueCache { return &valueCache{slots: slots, hash: newValueHash()} }

func (c *valueCache) forget() { clear(c.buckets) }

// key returns what a value of a field is known by.
func (c *valueCache) key(field int32, kind uint32, text string) (first, other uint64) {
	return c.hash.of(uint64(field)<<32|uint64(kind), text)
}

// get returns the class of a value, false if it is not known.
func (c *valueCache) get(first, other uint64) (uint32, bool) {
	c.asked++
	if c.buckets == nil {
		return 0, false
	}
	bucket := &c.buckets[first&uint64(len(c.buckets)-1)]
	for i := range bucket {
		s := &bucket[i]
		if s.other == other && (s.first^first)>>classBits == 0 && s.first&(1<<classBits-1) != 0 {
			c.found++
			class := uint32(s.first&(1<<classBits-1)) - 1
			if i > 0 {
				bucket[i], bucket[i-1] = bucket[i-1], bucket[i]
			}
			if class == packedAbsent {
				class = absent
			}
			return class, true
		}
	}
	return 0, false
}

// packedAbsent is how absent is kept, which is larger than any class.
const packedAbsent = 1<<classBits - 2

// put remembers the class of a value. Of the four of its bucket the one that was
// asked for the longest ago, more or less, gives way.
func (c *valueCache) put(first, other uint64, class uint32) {
	if class >= packedAbsent && class != absent {
		return // there are never so many for long, see maxClasses
	}
	if c.buckets == nil {
		c.buckets = make([]valueBucket, c.slots/cacheWays)
	}
	bucket := &c.buckets[first&uint64(len(c.buckets)-1)]
	bucket[3] = bucket[2]
	bucket[2] = valueSlot{first&^(1<<classBits-1) | uint64(min(class, packedAbsent)+1), other}
}

// kindOf returns the kind that predicates see.
func kindOf(k Kind) matcher.Kind {
	switch k {
	case Number:
		return matcher.Number
	case Bool:
		return matcher.Bool
	case String:
		return matcher.String
	}
	return matcher.Composite
}
