package matcher

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"slices"
)

// grams finds literals anywhere in a text. Of each literal of four bytes or
// more one run of four bytes, its gram, is in a set that is small enough for
// the fastest cache: the one that is rarest among literals and common texts. A
// scan asks at every place of the text whether its four bytes may be a gram,
// which depends on nothing found before, and compares the literals of the few
// grams that there are. Literals of two and three bytes are grams themselves.
type grams struct {
	filter  []uint64 // set of hashes of four bytes
	shift   uint
	index   table // gram -> number of its first entry
	entries []entry
	texts   []byte // of the literals, one after the other
	pairs   []uint64
	triples []uint64
	short   table  // two or three bytes, and their number -> list
	single  []byte // literals of one byte
	singles []int32
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

const (
	gramFactor   = 0x9E3779B1
	tripleFactor = 0x85EBCA6B
	tripleBits   = 15
)

func load4(b []byte) uint32 { return binary.LittleEndian.Uint32(b) }

// commonplace is text of which much is in the values of most fields.
const commonplace = `C:\WINDOWS\SYSTEM32\ C:\PROGRAM FILES (X86)\ C:\USERS\ADMINISTRATOR\APPDATA\LOCAL\TEMP\ \APPDATA\ROAMING\MICROSOFT\ ` +
	`WINDOWSPOWERSHELL\V1.0\POWERSHELL.EXE CMD.EXE" /C  -COMMAND SVCHOST.EXE .DLL HTTPS://WWW. .COM/ ` +
	`HKLM\SOFTWARE\MICROSOFT\WINDOWS NT\CURRENTVERSION\ HKLM\SYSTEM\CURRENTCONTROLSET\SERVICES\ NT AUTHORITY\SYSTEM ` +
	`SHA1= MD5= SHA256= IMPHASH= NEW-OBJECT SYSTEM. MICROSOFT. PARAM( [STRING] FUNCTION  $NULL`

// place is where a literal has its gram.
type place struct {
	gram uint32
	back int
	item trieEntry
}

func newGrams(items []trieEntry, common string) grams {
	var g grams
	var long []trieEntry
	for _, it := range items {
		switch len(it.text) {
		case 1:
			g.single, g.singles = append(g.single, it.text[0]), append(g.singles, it.list)
		case 2, 3:
			g.addShort(it, len(items))
		default:
			long = append(long, it)
		}
	}
	if g.short.slots != nil {
		g.short = g.short.shrunk()
	}
	if len(long) == 0 {
		return g
	}
	places := choose(long, common)
	g.size4(places)
	for i, p := range places {
		if i == 0 || places[i-1].gram != p.gram {
			g.index.put(uint64(p.gram), 0, int32(i))
			h := p.gram * gramFactor >> g.shift
			g.filter[h>>6] |= 1 << (h & 63)
		}
		back := uint32(p.back)
		if i+1 == len(places) || places[i+1].gram != p.gram {
			back |= lastEntry
		}
		var head [8]byte
		copy(head[:], p.item.text)
		g.entries = append(g.entries, entry{binary.LittleEndian.Uint64(head[:]), uint32(len(g.texts)), uint32(len(p.item.text)), back, p.item.list})
		g.texts = append(g.texts, p.item.text...)
	}
	return g
}

func (g *grams) size4(places []place) {
	distinct, total := 0, 0
	for i, p := range places {
		total += len(p.item.text)
		if i == 0 || places[i-1].gram != p.gram {
			distinct++
		}
	}
	g.index = newTable(distinct)
	log := min(max(bits.Len(uint(distinct*24)), 10), 18)
	g.filter, g.shift = make([]uint64, 1<<log/64), uint(32-log)
	g.entries = make([]entry, 0, len(places))
	g.texts = make([]byte, 0, total)
}

func (g *grams) addShort(it trieEntry, room int) {
	if g.pairs == nil {
		g.pairs, g.triples, g.short = make([]uint64, 1<<16/64), make([]uint64, 1<<tripleBits/64), newTable(room)
	}
	word := uint32(it.text[0]) | uint32(it.text[1])<<8
	if len(it.text) == 2 {
		g.pairs[word>>6] |= 1 << (word & 63)
	} else {
		word |= uint32(it.text[2]) << 16
		h := word * tripleFactor >> (32 - tripleBits)
		g.triples[h>>6] |= 1 << (h & 63)
	}
	g.short.put(uint64(word), uint32(len(it.text)), it.list)
}

// choose places the gram of every literal, in the order of grams.
func choose(items []trieEntry, common string) []place {
	total := 0
	for _, it := range items {
		total += len(it.text)
	}
	seen := newTable(total + len(common))
	count := func(text string, by int32) {
		for i := 0; i+4 <= len(text); i++ {
			s := seen.find(uint64(load4([]byte(text[i:i+4]))), 0)
			if s.value == absent {
				*s = slot{uint64(load4([]byte(text[i : i+4]))), 0, 0}
			}
			s.value += by
		}
	}
	for _, it := range items {
		count(it.text, 1)
	}
	count(common, int32(len(items)))
	places := make([]place, 0, len(items))
	for _, it := range items {
		best := place{item: it}
		least := int32(0)
		for i := 0; i+4 <= len(it.text); i++ {
			gram := load4([]byte(it.text[i : i+4]))
			if n := seen.get(uint64(gram), 0); i == 0 || n < least {
				best.gram, best.back, least = gram, i, n
			}
		}
		places = append(places, best)
	}
	slices.SortStableFunc(places, func(a, b place) int { return int(int64(a.gram) - int64(b.gram)) })
	return places
}

// scan adds the literals that occur in a text.
func (g *grams) scan(b *buffer, s *Scratch, l *lists) {
	for i, c := range g.single {
		if bytes.IndexByte(b.bytes[b.from:b.end], c) >= 0 {
			s.hits.addList(l, g.singles[i])
		}
	}
	for from := b.from; from < b.end; from += block {
		to := min(from+block, b.end)
		if g.pairs != nil {
			g.scanShort(b, from, to, s, l)
		}
		if g.filter != nil {
			g.scanLong(b, from, to, s, l)
		}
	}
}

// block is how many places are tested before the literals at those that pass
// are compared.
const block = 512

func (g *grams) scanLong(b *buffer, from, to int, s *Scratch, l *lists) {
	filter, shift := g.filter, g.shift
	n := 0
	for i := from; i < to; i++ {
		h := load4(b.bytes[i:]) * gramFactor >> (shift & 31)
		s.places[n&(block-1)] = int32(i)
		n += int(filter[h>>6] >> (h & 63) & 1)
	}
	for _, at := range s.places[:n] {
		first := g.index.get(uint64(load4(b.bytes[at:])), 0)
		if first != absent {
			g.compare(b, int(at), first, s, l)
		}
	}
}

// compare adds those literals of a gram that are in the text.
func (g *grams) compare(b *buffer, at int, first int32, s *Scratch, l *lists) {
	for i := first; ; i++ {
		e := &g.entries[i]
		from := at - int(e.back&^lastEntry)
		size := int(e.size)
		if from >= b.from && from+size <= b.end && (b.word(from)^e.head)<<(64-8*min(size, 8)) == 0 &&
			(size <= 8 || string(b.bytes[from+8:from+size]) == string(g.texts[int(e.text)+8:int(e.text)+size])) {
			s.hits.addList(l, e.list)
		}
		if e.back&lastEntry != 0 {
			return
		}
	}
}

func (g *grams) scanShort(b *buffer, from, to int, s *Scratch, l *lists) {
	n := 0
	for i := from; i < to; i++ {
		w := load4(b.bytes[i:])
		h := (w & 0xffffff) * tripleFactor >> (32 - tripleBits)
		s.places[n&(block-1)] = int32(i)
		n += int((g.triples[h>>6]>>(h&63) | g.pairs[w&0xffff>>6]>>(w&63)) & 1)
	}
	for _, at := range s.places[:n] {
		w := load4(b.bytes[at:])
		if list := g.short.get(uint64(w&0xffff), 2); list != absent && int(at)+2 <= b.end {
			s.hits.addList(l, list)
		}
		if list := g.short.get(uint64(w&0xffffff), 3); list != absent && int(at)+3 <= b.end {
			s.hits.addList(l, list)
		}
	}
}

func (g *grams) memory() int {
	return 8*(len(g.filter)+len(g.pairs)+len(g.triples)) + g.index.size() + g.short.size() + 24*len(g.entries) + len(g.texts) + 5*len(g.single)
}
