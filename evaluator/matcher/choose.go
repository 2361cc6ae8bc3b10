package matcher

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"
)

// commonplace is text of which much is in the values of most fields.
const commonplace = `C:\WINDOWS\SYSTEM32\ C:\PROGRAM FILES (X86)\ C:\USERS\ADMINISTRATOR\APPDATA\LOCAL\TEMP\ \APPDATA\ROAMING\MICROSOFT\ ` +
	`WINDOWSPOWERSHELL\V1.0\POWERSHELL.EXE CMD.EXE" /C  -COMMAND SVCHOST.EXE .DLL HTTPS://WWW. .COM/ ` +
	`HKLM\SOFTWARE\MICROSOFT\WINDOWS NT\CURRENTVERSION\ HKLM\SYSTEM\CURRENTCONTROLSET\SERVICES\ NT AUTHORITY\SYSTEM ` +
	`SHA1= MD5= SHA256= IMPHASH= NEW-OBJECT SYSTEM. MICROSOFT. PARAM( [STRING] FUNCTION  $NULL`

// place is where a literal has its gram.
type place struct {
	gram uint64
	back int // bytes before it
	item trieEntry
}

// windows is how many runs of a literal its gram is chosen from.
const windows = 32

// census counts grams, by a hash: some are counted together, which costs no more
// than a worse choice.
type census struct {
	counts []uint32
	shift  uint
}

func newCensus(grams int) census {
	log := uint(bits.Len(uint(2 * grams)))
	return census{make([]uint32, 1<<log), 64 - log}
}

func (c *census) of(gram uint64) *uint32 { return &c.counts[gram*hashFactor>>c.shift] }

// choose finds the rarest gram of every literal, none of which is shorter, and
// returns them in the order of grams.
func choose(items []trieEntry, length int) []place {
	total := len(commonplace)
	for _, it := range items {
		total += min(len(it.text), windows)
	}
	seen := newCensus(total)
	for i := 0; i+length <= len(commonplace); i++ {
		*seen.of(gram(commonplace, i, length)) += uint32(len(items))
	}
	for _, it := range items {
		for i := range choices(it.text, length) {
			*seen.of(gram(it.text, i, length))++
		}
	}
	places := make([]place, 0, len(items))
	for _, it := range items {
		best, least := place{item: it}, uint32(0)
		for i := range choices(it.text, length) {
			g := gram(it.text, i, length)
			if n := *seen.of(g); i == 0 || n < least {
				best.gram, best.back, least = g, i, n
			}
		}
		places = append(places, best)
	}
	slices.SortFunc(places, func(a, b place) int {
		if c := cmp.Compare(a.gram, b.gram); c != 0 {
			return c
		}
		return strings.Compare(a.item.text, b.item.text)
	})
	return places
}

// choices returns the number of grams that a literal may be known by, which start
// at its first bytes.
func choices(text string, length int) int { return min(len(text)-length+1, windows) }

// gram returns the bytes of a text from an offset on, as many as a gram has.
func gram(text string, at, length int) uint64 { return head(text[at : at+length]) }
