package matcher

import (
	"cmp"
	"math"
	"math/bits"
	"slices"

	"github.com/socctl/socctl/evaluator/simd"
)

// commonplace is text of which much is in the values of most fields.
const commonplace = `C:\WINDOWS\SYSTEM32\ C:\PROGRAM FILES (X86)\ C:\USERS\ADMINISTRATOR\APPDATA\LOCAL\TEMP\ \APPDATA\ROAMING\MICROSOFT\ ` +
	`WINDOWSPOWERSHELL\V1.0\POWERSHELL.EXE CMD.EXE" /C  -COMMAND SVCHOST.EXE .DLL HTTPS://WWW. .COM/ ` +
	`HKLM\SOFTWARE\MICROSOFT\WINDOWS NT\CURRENTVERSION\ HKLM\SYSTEM\CURRENTCONTROLSET\SERVICES\ NT AUTHORITY\SYSTEM ` +
	`SHA1= MD5= SHA256= IMPHASH= NEW-OBJECT SYSTEM. MICROSOFT. PARAM( [STRING] FUNCTION  $NULL`

// place is where a literal has its gram.
type place struct {
	gram uint64
	back int32 // bytes before it
	item int32 // which literal
}

// windows is how many runs of a literal its gram is chosen from.
const windows = 32

// census counts grams, by a hash: some are counted together, which costs no more
// than a worse choice.
type census struct {
	counts []uint16 // up to their largest number
	shift  uint
}

// maxCensus is how many counts there are at most, as a power of two: a megabyte, which
// stays in a cache.
const maxCensus = 19

// reset makes a census empty, with room for so many grams.
func (c *census) reset(grams int) {
	log := min(uint(bits.Len(uint(grams))), maxCensus)
	c.counts, c.shift = zeros(c.counts, 1<<log), 64-log
}

// slot returns which count is that of a gram.
func (c *census) slot(gram uint64) uint32 { return uint32(gram * hashFactor >> c.shift) }

func (c *census) add(gram uint64, n int) {
	count := &c.counts[c.slot(gram)]
	*count = uint16(min(int(*count)+n, math.MaxUint16))
}

// choose finds the rarest gram of every literal, none of which is shorter, and
// returns them in the order of grams, those with the same one in that of items. They are
// valid until the next call.
func (w *workspace) choose(items []trieEntry, length int) []place {
	total := len(commonplace)
	for _, it := range items {
		total += min(len(it.text), windows)
	}
	seen := &w.census
	seen.reset(total)
	// Where few literals are looked for, more is known of them than their grams.
	known := length
	if len(items) <= fewGrams {
		known = max(length, simd.RunSize)
	}
	for i := 0; i+known <= len(commonplace); i++ {
		seen.add(gram(commonplace, i, known), len(items))
	}
	slots := room(w.counted, total)
	for _, it := range items {
		own := slots[len(slots) : len(slots)+choices(it.text, min(known, len(it.text)))]
		for i := range own {
			slot := seen.slot(gram(it.text, i, min(known, len(it.text))))
			seen.counts[slot] = min(seen.counts[slot], math.MaxUint16-1) + 1
			own[i] = slot
		}
		slots = slots[:len(slots)+len(own)]
	}
	w.counted = slots
	places := room(w.places, len(items))
	for n, it := range items {
		best, least := 0, uint16(math.MaxUint16)
		own := slots[:choices(it.text, min(known, len(it.text)))]
		for i, slot := range own {
			if count := seen.counts[slot]; i == 0 || count < least {
				best, least = i, count
			}
		}
		slots = slots[len(own):]
		places = append(places, place{gram(it.text, best, length), int32(best), int32(n)})
	}
	slices.SortFunc(places, func(a, b place) int {
		if c := cmp.Compare(a.gram, b.gram); c != 0 {
			return c
		}
		return int(a.item) - int(b.item)
	})
	w.places = places
	return places
}

// choices returns the number of grams that a literal may be known by, which start
// at its first bytes.
func choices(text string, length int) int { return min(len(text)-length+1, windows) }

// gram returns the bytes of a text from an offset on, as many as a gram has.
func gram(text string, at, length int) uint64 {
	if at+8 <= len(text) {
		return word8(text[at:at+8]) & low(length)
	}
	return head(text[at : at+length])
}

// word8 returns the eight bytes of a text that has no more, the first one lowest.
func word8(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 | uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}
