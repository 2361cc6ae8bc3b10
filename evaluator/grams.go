package evaluator

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/bits"
)

// Grams is which bytes stand in some texts, and which runs of four of them, in one letter
// case. It tells words that none of the texts can hold, without reading them, and errs on
// the side of yes: different runs may share a bit, and may not be known. It is for one
// goroutine.
type Grams struct {
	letters [256]bool
	bits    []uint64 // nil if runs are not known
	odd     bool     // a text holds a letter beyond ASCII that folds into it (D13)
	lacking []lackAnswer
	lines   []string // some of those that were added, by a hash; they share the memory of their texts
}

// lackKey is a question about words that was answered before.
type lackKey struct {
	of     *tables
	field  int32
	filter *wordFilter
}

type lackAnswer struct {
	lackKey
	lacks bool
}

// maxLacking is how many answers are remembered. There are hardly ever more than a few.
const maxLacking = 1 << 6

// lacks reports whether the texts lack all words that predicates over a field need, or
// all of a filter unless it is nil.
func (g *Grams) lacks(t *tables, field int32, filter *wordFilter) bool {
	key := lackKey{t, field, filter}
	for i := range g.lacking {
		if a := &g.lacking[i]; a.lackKey == key {
			return a.lacks
		}
	}
	lacks := false
	if filter != nil {
		lacks = g.lackAll(filter.words)
	} else {
		words, ok := t.wordsOfField(field)
		lacks = ok && g.lackAll(words)
	}
	if len(g.lacking) == maxLacking {
		g.lacking = g.lacking[:0]
	}
	g.lacking = append(g.lacking, lackAnswer{key, lacks})
	return lacks
}

// NewGrams returns those of no text.
func NewGrams() *Grams { return &Grams{bits: make([]uint64, 1<<(gramBits-6))} }

const gramBits = 18

// MostGrams is how many runs there may be before they tell too little to be kept.
const MostGrams = 1 << gramBits / 4

// Add adds a text. Texts of many lines have most of them in common, so that a line is only
// looked at if it is not among those that were added lately.
func (g *Grams) Add(text string) {
	data := bytesOf(text)
	if g.bits == nil {
		g.odd = g.odd || unusual(data)
		for _, b := range data {
			g.letters[b] = true
		}
		return
	}
	for from := 0; ; {
		end := bytes.IndexByte(data[from:], '\n') + 1
		if end == 0 {
			if from > 0 && g.lately(text[from:]) {
				return
			}
			g.line(data[from:])
			return
		}
		if end += from; !g.lately(text[from:end]) {
			g.line(data[from:end])
		}
		from = end
		g.across(data[max(0, from-gramSize+1):min(from+gramSize-1, len(data))])
	}
}

// line adds a line, or what stands on both sides of where it begins.
func (g *Grams) line(data []byte) {
	g.odd = g.odd || unusual(data)
	for _, b := range data {
		g.letters[b] = true
	}
	g.across(data)
}

// across adds the runs of some bytes.
func (g *Grams) across(data []byte) {
	gram, digit := uint32(0), uint32(0) // the last four bytes, and how many of the last are digits
	for at, b := range data {
		b |= 0x20
		gram = gram>>8 | uint32(b)<<24
		digit = (digit + 1) * uint32(digits[b])
		if digit < gramSize && at+1 >= gramSize {
			g.set(gramBit(gram))
		}
	}
}

// lateLines is how many lines are remembered, in powers of two.
const lateLines = 12

// lately reports whether a line was added lately, as it will be from now on.
func (g *Grams) lately(line string) bool {
	if len(line) < 8 {
		return false
	}
	if g.lines == nil {
		g.lines = make([]string, 1<<lateLines)
	}
	data := bytesOf(line)
	hash := (binary.LittleEndian.Uint64(data) ^ bits.RotateLeft64(binary.LittleEndian.Uint64(data[len(data)-8:]), 29) ^ uint64(len(data))) * 0x9e3779b97f4a7c15
	slot := &g.lines[hash>>(64-lateLines)]
	if *slot == line {
		return true
	}
	*slot = line
	return false
}

// Forget gives up what only makes adding faster, which keeps texts in memory.
func (g *Grams) Forget() { g.lines = nil }

// Unite adds all that others were given.
func (g *Grams) Unite(others *Grams) {
	g.odd = g.odd || others.odd
	for b, there := range others.letters {
		g.letters[b] = g.letters[b] || there
	}
	if others.bits == nil {
		g.bits = nil // of the runs of others nothing is known
	}
	for i := range g.bits {
		g.bits[i] |= others.bits[i]
	}
}

// hexadecimal reports whether a run has nothing but hexadecimal digits and hyphens. Hashes,
// identifiers and times have so many of these that they are not worth to be known: they
// may always be there.
func hexadecimal(gram uint32) bool {
	return digits[gram&0xff]&digits[gram>>8&0xff]&digits[gram>>16&0xff]&digits[gram>>24] != 0
}

// digits has 1 for a byte that may be in such a run.
var digits = func() (of [256]uint8) {
	for _, b := range "0123456789abcdef-" {
		of[b] = 1
	}
	return of
}()

// letter reports whether some text holds a byte, in some letter case.
func (g *Grams) letter(b byte) bool {
	// What folds into one byte are those that differ in one bit, see foldWord.
	for _, c := range [...]byte{b | 0x20, b &^ 0x20} {
		if g.letters[c] {
			return true
		}
	}
	return false
}

// Odd reports whether a text holds a letter beyond ASCII that folds into it (D13): of such
// texts nothing is known.
func Odd(text string) bool { return unusual(bytesOf(text)) }

func (g *Grams) set(bit uint32)      { g.bits[bit>>6] |= 1 << (bit & 63) }
func (g *Grams) has(bit uint32) bool { return g.bits[bit>>6]>>(bit&63)&1 != 0 }

func gramBit(gram uint32) uint32 { return gram * 0x9e3779b1 >> (32 - gramBits) }

// Count returns how many runs there are, roughly.
func (g *Grams) Count() int {
	n := 0
	for _, word := range g.bits {
		n += bits.OnesCount64(word)
	}
	return n
}

// Lack reports whether no text, in no letter case, holds a word for sure.
func (g *Grams) Lack(word string) bool {
	if g.odd {
		return false
	}
	data := bytesOf(word)
	for _, b := range data {
		if !g.letter(b) {
			return true
		}
	}
	for at := 0; g.bits != nil && at+gramSize <= len(data); at++ {
		if gram := gramAt(data, at); !hexadecimal(gram) && !g.has(gramBit(gram)) {
			return true
		}
	}
	return false
}

// lackAll reports whether no text holds any of some words for sure.
func (g *Grams) lackAll(words []string) bool {
	for _, w := range words {
		if !g.Lack(w) {
			return false
		}
	}
	return true
}

// Append appends a form that ReadGrams reads: the bytes as a set, and the distances of
// the runs if these are known and not too many. It returns false where nothing could be
// told.
func (g *Grams) Append(to []byte) ([]byte, bool) {
	if g.odd {
		return to, false
	}
	to = g.appendLetters(to)
	if !g.Told() {
		return to, true
	}
	last := uint32(0)
	for bit := range uint32(1 << gramBits) {
		if g.has(bit) {
			to = binary.AppendUvarint(to, uint64(bit-last))
			last = bit
		}
	}
	return to, true
}

// Told reports whether there are runs that are known and not too many, so that Append writes
// them.
func (g *Grams) Told() bool {
	if g.odd || g.bits == nil {
		return false
	}
	n := g.Count()
	return n > 0 && n <= MostGrams
}

// appendLetters appends the bytes that there are, as a set.
func (g *Grams) appendLetters(to []byte) []byte {
	var letters [256 / 8]byte
	for b, there := range &g.letters {
		if there {
			letters[b>>3] |= 1 << (b & 7)
		}
	}
	return append(to, letters[:]...)
}

// ReadGrams reads what Append has written.
func ReadGrams(data []byte) (*Grams, error) {
	g := &Grams{}
	return g, g.Read(data)
}

// Read makes g what Append has written, whatever it was before.
func (g *Grams) Read(data []byte) error {
	bits := g.bits
	*g = Grams{lacking: g.lacking[:0]}
	const size = len(g.letters) / 8
	if len(data) < size {
		return errDamagedGrams
	}
	for b := range g.letters {
		g.letters[b] = data[b>>3]>>(b&7)&1 != 0
	}
	data = data[size:]
	if len(data) > 0 {
		if g.bits = bits; bits == nil {
			g.bits = make([]uint64, 1<<(gramBits-6))
		}
		clear(g.bits)
	}
	at := uint64(0)
	for i := 0; i < len(data); {
		distance, n := uint64(data[i]), 1 // nearly all of them are as small
		if distance >= 0x80 {
			distance, n = binary.Uvarint(data[i:])
		}
		if at += distance; n <= 0 || distance >= 1<<gramBits || at >= 1<<gramBits {
			return errDamagedGrams
		}
		g.set(uint32(at))
		i += n
	}
	return nil
}

// AppendPart appends which of the runs some of the texts have, a bit for each, for ReadPart.
func (g *Grams) AppendPart(to []byte, part *Grams) []byte {
	n := 0
	g.each(func(bit uint32) {
		if n&7 == 0 {
			to = append(to, 0)
		}
		if part.has(bit) {
			to[len(to)-1] |= 1 << (n & 7)
		}
		n++
	})
	return to
}

// ReadPart makes g what AppendPart has written of some of the texts of others, whatever it
// was before, and returns what is behind it.
func (g *Grams) ReadPart(of *Grams, data []byte) (rest []byte, err error) {
	if of == nil || of.bits == nil {
		return nil, errDamagedGrams
	}
	known := g.bits
	*g = Grams{letters: of.letters, bits: known, lacking: g.lacking[:0]}
	if known == nil {
		g.bits = make([]uint64, len(of.bits))
	}
	clear(g.bits)
	size := (of.Count() + 7) / 8
	if len(data) < size {
		return nil, errDamagedGrams
	}
	n := 0
	of.each(func(bit uint32) {
		if data[n>>3]>>(n&7)&1 != 0 {
			g.set(bit)
		}
		n++
	})
	return data[size:], nil
}

// each calls a function for each run, in ascending order.
func (g *Grams) each(do func(bit uint32)) {
	for i, word := range g.bits {
		for ; word != 0; word &= word - 1 {
			do(uint32(i<<6 | bits.TrailingZeros64(word)))
		}
	}
}

var errDamagedGrams = errors.New("the list of runs of four bytes is damaged")
