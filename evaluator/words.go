package evaluator

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"
	"unsafe"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/shape"
	"github.com/socctl/socctl/evaluator/simd"
)

// A wordFilter tells texts that hold none of the words that the predicates of a
// group over any value need. It looks at a text as it stands in the record, and
// may only err on the side of yes.
//
// Every word is known by its runs of four bytes, in one letter case. In steps
// that are as long as the shortest word allows, four bytes of the record are
// looked up: whatever word is there, one step falls into it.
type wordFilter struct {
	words []string
	step  int
	maybe simd.Grams // those of grams
	plain bool       // no word can stand in a text in a coded form
	grams map[uint32][]gram
}

// gram is four bytes of a word.
type gram struct {
	word string // in the form of fold
	at   int    // of the four bytes in it
}

const gramSize = simd.GramSize

// wordFilters are those of a group, for texts in JSON and for others; nil if
// there can be none.
type wordFilters struct{ json, plain *wordFilter }

// wordsOf returns the filters of a group.
func (t *tables) wordsOf(g *group) wordFilters {
	g.once.Do(func() {
		if words, ok := t.wordsNeeded(g); ok {
			g.filters = t.filtersOf(words)
		}
	})
	return g.filters
}

// filtersOf returns the filters of some words. Many groups need the same ones.
func (t *tables) filtersOf(words []string) wordFilters {
	t.mu.Lock()
	defer t.mu.Unlock()
	key := strings.Join(words, "\n") // is in no word
	known, ok := t.filters[key]
	if !ok {
		escape := strings.NewReplacer(`\`, `\\`, `"`, `\"`)
		escaped := make([]string, len(words))
		for i, w := range words {
			escaped[i] = escape.Replace(w)
		}
		known = wordFilters{newWordFilter(escaped), newWordFilter(words)}
		t.filters[key] = known
	}
	return known
}

// wordsNeeded returns words of which a text that satisfies any predicate over
// any value has one; false if that cannot be said.
func (t *tables) wordsNeeded(g *group) ([]string, bool) {
	var words []string
	ok := true
	for _, n := range g.rules {
		if !t.keyed[n] {
			continue
		}
		t.program.Rules[n].Expr.Each(func(e *compiler.Expr) {
			if p := &t.program.Predicates[e.Atom]; p.Field == "" {
				word := wordOf(p)
				ok = ok && word != ""
				words = append(words, word)
			}
		})
	}
	return words, ok
}

// wordsOfField returns words of which a text that satisfies any predicate over a field
// has one; false if that cannot be said.
func (t *tables) wordsOfField(field int32) ([]string, bool) {
	f := &t.fields[field]
	f.sought.Do(func() {
		for _, atom := range f.atoms {
			word := wordOf(&t.program.Predicates[atom])
			if word == "" {
				return
			}
			f.words = append(f.words, word)
		}
		f.wordy = true
	})
	return f.words, f.wordy
}

// lacked reports whether no text of a column, as far as is known without reading it,
// satisfies any predicate over a field, or holds any word of a filter unless it is nil.
func (t *tables) lacked(c Column, field int32, filter *wordFilter) bool {
	if c.Kind() != shape.String {
		return false
	}
	g := c.Grams()
	return g != nil && g.lacks(t, field, filter)
}

// wordless reports whether no text of a column satisfies any predicate over a field, as far
// as is known without reading it, or holds any word of a filter unless it is nil.
func (t *tables) wordless(c Column, field int32, filter *wordFilter) bool {
	return filter != nil && c.Kind() == shape.Number || t.lacked(c, field, filter)
}

// wordOf returns the longest text that stands in every text that satisfies a
// predicate over any value, as long as no character of it is written as an escape
// without need; "" if there is none of use.
func wordOf(p *compiler.Predicate) string {
	if p.Op != compiler.OpText {
		return ""
	}
	best := ""
	for _, literal := range p.Pattern.Literals() {
		for _, part := range strings.FieldsFunc(literal, func(r rune) bool { return r >= 0x80 || r < 0x20 }) {
			if len(part) > len(best) {
				best = part
			}
		}
	}
	if len(best) < gramSize || strings.Trim(best, "0123456789+-.eE") == "" {
		return "" // too short, or a number, which may be written in several ways
	}
	return best
}

func newWordFilter(words []string) *wordFilter {
	f := &wordFilter{words: words, step: 1 << 10, grams: map[uint32][]gram{}, plain: true}
	for _, w := range words {
		f.step = min(f.step, len(w)-gramSize+1)
		f.plain = f.plain && strings.Trim(strings.ToLower(w), shape.CodedCharacters) != ""
	}
	for _, w := range words {
		w = string(foldWord([]byte(w)))
		first := f.rarest(w)
		for at := first; at < first+f.step; at++ {
			g := binary.LittleEndian.Uint32([]byte(w[at : at+gramSize]))
			f.grams[g] = append(f.grams[g], gram{w, at})
			f.maybe.Add(g)
		}
	}
	return f
}

// usual is text of which much is in what records say.
const usual = "event windows \\system32\\ powershell.exe microsoft.com admin .dll .exe program files (x86) true false users service security" +
	` eventid processid "name" "level" \\microsoft\\windows\\ \microsoft\windows\ \\system32\\ privilege`

// usualGrams is how often each run of four bytes is in usual.
var usualGrams = func() map[uint32]int {
	out := map[uint32]int{}
	folded := foldWord([]byte(usual))
	for at := range len(folded) - gramSize + 1 {
		out[binary.LittleEndian.Uint32(folded[at:])]++
	}
	return out
}()

// rarest returns where in a word the runs start that are not in usual texts, as
// far as there is a choice.
func (f *wordFilter) rarest(word string) int {
	best, least := 0, f.step+1
	for first := 0; first+f.step+gramSize-1 <= len(word); first++ {
		n := 0
		for at := first; at < first+f.step; at++ {
			n += usualGrams[binary.LittleEndian.Uint32([]byte(word[at:at+gramSize]))]
		}
		if n < least {
			best, least = first, n
		}
	}
	return best
}

// foldWord puts letters into one case, and other characters into some form that
// equal ones share.
func foldWord(b []byte) []byte {
	for i := range b {
		b[i] |= 0x20
	}
	return b
}

// maxClean is how long a text may be to be remembered as one without any word.
const maxClean = 256

// wideStep is a step with which going through a whole record takes less than asking
// about one leaf after the other.
const wideStep = 4

// allWordless reports whether no leaf of a load has a word that counts, since there is
// none anywhere in the record: false if that is not worth finding out.
func (s *Records) allWordless(l *load, r *Record) bool {
	filter := l.words.plain
	if r.JSON {
		filter = l.words.json
	}
	if filter == nil || r.Forms || filter.step < wideStep || 2*l.seen < len(r.Leaves) || s.strange(r) || filter.holds(r.Data) {
		return false
	}
	return r.Plain || !slices.ContainsFunc(l.leaves, func(leaf int32) bool { return r.Leaves[leaf].Spelled })
}

// prune leaves out leaves of a load of which no text in any record of the plan has a word that
// counts: numbers, and those that are coded.
func (l *load) prune(r *Record) {
	l.pruned = true
	if filter := l.words.plain; filter != nil {
		l.leaves = slices.DeleteFunc(l.leaves, func(leaf int32) bool {
			at := &r.Leaves[leaf]
			return at.Kind == shape.Number || at.Form&shape.Coded != 0 && filter.plain
		})
	}
}

// wordless reports whether the text of a leaf of a load has for sure no word that
// counts. Fields often repeat their text from record to record.
func (s *Records) wordless(l *load, i int, r *Record) bool {
	filter := l.words.plain
	if r.JSON {
		filter = l.words.json
	}
	if filter == nil || s.strange(r) {
		return false
	}
	leaf := &r.Leaves[l.leaves[i]]
	if l.clean == nil {
		l.clean = make([][]byte, len(l.leaves))
	}
	raw := r.Data[leaf.Start:leaf.End]
	switch {
	case bytes.Equal(raw, l.clean[i]):
		return true
	case leaf.Spelled || s.holds(filter, r, l.leaves[i]):
		return false
	case len(raw) <= maxClean:
		l.clean[i] = append(l.clean[i][:0], raw...)
	}
	return true
}

// holds reports whether a leaf may hold one of the words of a filter, as far as the
// current record is not strange.
func (s *Records) holds(filter *wordFilter, r *Record, leaf int32) bool {
	switch r.Leaves[leaf].Form {
	case 0:
		return filter.holds(r.raw(leaf))
	case shape.Wide:
		return filter.holdsWide(r.raw(leaf))
	}
	return !filter.lacks(s.leafText(r, leaf))
}

// holds reports whether a text may hold one of the words.
func (f *wordFilter) holds(data []byte) bool {
	if simd.Available() && f.step >= gramSize && len(data) >= simd.ProbeSize {
		return f.holdsLong(data)
	}
	at, step, last := 0, f.step, len(data)-gramSize
	// Two places at a time, which depend on each other in nothing.
	for ; at+step <= last; at += 2 * step {
		one, two := gramAt(data, at), gramAt(data, at+step)
		if f.maybe.Has(one)|f.maybe.Has(two) != 0 && (f.confirm(data, at, one) || f.confirm(data, at+step, two)) {
			return true
		}
	}
	return at <= last && f.maybe.Has(gramAt(data, at)) != 0 && f.confirm(data, at, gramAt(data, at))
}

// holdsLong is holds for texts of some length and words of which every four places in
// a row tell.
func (f *wordFilter) holdsLong(data []byte) bool {
	for at := f.maybe.Probe(data, 0); at < len(data); at = f.maybe.Probe(data, at+simd.ProbeSize) {
		for place := at; place < at+simd.ProbeSize; place += gramSize {
			if gram := gramAt(data, place); f.maybe.Has(gram) != 0 && f.confirm(data, place, gram) {
				return true
			}
		}
	}
	return false
}

// lacks reports whether a text has for sure none of the words.
func (f *wordFilter) lacks(text string) bool {
	data := bytesOf(text)
	return !f.holds(data) && !unusual(data)
}

// bytesOf returns the bytes of a text, which must not be changed.
func bytesOf(text string) []byte { return unsafe.Slice(unsafe.StringData(text), len(text)) }

func gramAt(data []byte, at int) uint32 { return simd.Gram(data[at : at+gramSize]) }

// confirm compares the words that four bytes belong to.
func (f *wordFilter) confirm(data []byte, at int, g uint32) bool {
	for _, c := range f.grams[g] {
		from := at - c.at
		if from < 0 || from+len(c.word) > len(data) {
			continue
		}
		same := true
		for i := range len(c.word) {
			if data[from+i]|0x20 != c.word[i] {
				same = false
				break
			}
		}
		if same {
			return true
		}
	}
	return false
}

// strange reports whether the current record is unusual, which is found out once.
func (s *Records) strange(r *Record) bool {
	if !s.looked {
		s.looked, s.unusual = true, !r.ASCII && (!r.Forms && unusual(r.Data) || r.Forms && unusualWide(r.Data))
	}
	return s.unusual
}

// unusual reports whether a text holds one of the two letters beyond ASCII that
// fold into it (D13): then it may hold a word that cannot be seen.
func unusual(data []byte) bool {
	return bytes.Contains(data, []byte("\u212a")) || bytes.Contains(data, []byte("\u017f"))
}
