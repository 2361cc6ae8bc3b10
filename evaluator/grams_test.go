package evaluator

import (
	"encoding/binary"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A word that stands in a text, in any letter case, is never lacking, and one of letters
// that are nowhere is.
func TestGramsLackNoWordThatIsThere(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	letters := []rune("abcdefXYZ \\:.-_019é\u212a\u017f")
	for range 3000 {
		g, texts := []*Grams{{}, NewGrams()}[r.IntN(2)], []string{}
		for range 1 + r.IntN(5) {
			var b strings.Builder
			for range r.IntN(60) {
				b.WriteRune(letters[r.IntN(len(letters))])
			}
			texts = append(texts, b.String())
			g.Add(b.String())
		}
		text := texts[r.IntN(len(texts))]
		if len(text) < gramSize {
			continue
		}
		from := r.IntN(len(text) - gramSize + 1)
		word := text[from : from+gramSize+r.IntN(len(text)-from-gramSize+1)]
		for _, w := range []string{word, strings.ToUpper(word), strings.ToLower(word)} {
			if len(w) == len(word) && g.Lack(w) { // letters beyond ASCII are never asked about, see wordOf
				t.Fatalf("%q is said to be lacking in %q", w, texts)
			}
		}
	}
	g, few := NewGrams(), &Grams{}
	g.Add("the quick brown fox")
	few.Add("the quick brown fox")
	for word, want := range map[string][2]bool{"mimikatz": {true, true}, "QUICK": {}, "quick fox": {true, false}, "fo": {}, "quick:": {true, true}} {
		if got := [2]bool{g.Lack(word), few.Lack(word)}; got != want {
			t.Errorf("lack %q: %v", word, got)
		}
	}
	g.Add("\u212aernel")
	if g.Lack("mimikatz") {
		t.Error("a text with a Kelvin sign lacks a word")
	}
}

func TestGramsAreReadAsWritten(t *testing.T) {
	t.Parallel()
	g := NewGrams()
	for _, text := range []string{"", "abc", "C:\\Windows\\System32\\cmd.exe /c whoami", strings.Repeat("\x00", 9), "\xff\xff\xff\xff"} {
		g.Add(text)
		data, ok := g.Append(nil)
		if !ok {
			t.Fatal(text, "tells nothing")
		}
		again, err := ReadGrams(data)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(g.letters, again.letters); diff != "" {
			t.Error(text, diff)
		}
		if g.Count() != again.Count() || g.Count() > 0 && !cmp.Equal(g.bits, again.bits) {
			t.Errorf("%q: %d runs are read as %d", text, g.Count(), again.Count())
		}
	}
	g = NewGrams()
	for _, text := range []string{"d41d8cd98f00b204e9800998ecf8427e", "{5AD7B0E4-44AE-68A5}"} {
		if g.Add(text); g.Lack("00b204e9") {
			t.Error("digits are said to be lacking")
		}
	}
	if n := g.Count(); n != 2 {
		t.Errorf("of texts of digits %d runs are kept", n)
	}
	r := rand.New(rand.NewPCG(3, 4))
	for range 1 << gramBits {
		g.Add(string(binary.LittleEndian.AppendUint32(nil, r.Uint32()&0x7f7f7f7f)))
	}
	if data, ok := g.Append(nil); !ok || len(data) != 32 {
		t.Errorf("what has nearly all runs is written in %d bytes", len(data))
	}
}

// What is told of some of the texts, beside what is told of all, is what would be told of
// these alone, but for bytes that only others have.
func TestPartsOfGramsAreReadAsWritten(t *testing.T) {
	t.Parallel()
	dice := rand.New(rand.NewPCG(5, 6))
	used := NewGrams()
	for range 50 {
		all, parts := NewGrams(), []*Grams{NewGrams(), NewGrams(), NewGrams()}
		for _, part := range parts {
			for range dice.IntN(30) {
				text := make([]byte, dice.IntN(20))
				for i := range text {
					text[i] = `abcdefghij\ `[dice.IntN(12)]
				}
				part.Add(string(text))
			}
			all.Unite(part)
		}
		var data []byte
		for _, part := range parts {
			data = all.AppendPart(data, part)
		}
		for i, part := range parts {
			again := []*Grams{{}, used}[dice.IntN(2)]
			rest, err := again.ReadPart(all, data)
			if err != nil || !cmp.Equal(again.bits, part.bits) || again.letters != all.letters {
				t.Fatal(i, err, part.Count(), again.Count())
			}
			if len(data) > 0 {
				if _, err := again.ReadPart(all, data[:len(data)-len(rest)-1]); err == nil {
					t.Fatal("what is cut is read")
				}
			}
			data = rest
		}
		if len(data) > 0 {
			t.Fatal(len(data), "bytes are left")
		}
	}
}

func FuzzReadGrams(f *testing.F) {
	f.Add([]byte{1, 2, 3})
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1})
	f.Fuzz(func(t *testing.T, data []byte) {
		g, err := ReadGrams(data)
		if err != nil {
			return
		}
		again, ok := g.Append(nil)
		if !ok {
			t.Fatal("what was read tells nothing")
		}
		if back, err := ReadGrams(again); err != nil || back.letters != g.letters || g.Count() <= MostGrams && !cmp.Equal(back.bits, g.bits) {
			t.Fatal(err, data)
		}
	})
}

// What is told of texts of many lines, which repeat, is what is told of all their runs; and
// that of several in one is that of all their texts.
func TestGramsOfLines(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(7, 7))
	lines := []string{"", "\n", "short", "\tProcessId: 1234567", "Subject:\r", "abcdefgh", "abcdefgh\u212a", strings.Repeat("a long line ", 9), "0123456789abcdef", "x"}
	for range 2000 {
		g, halves, plain := NewGrams(), [2]*Grams{NewGrams(), NewGrams()}, NewGrams()
		for range 1 + r.IntN(6) {
			var b strings.Builder
			for range r.IntN(12) {
				b.WriteString(lines[r.IntN(len(lines))])
				if r.IntN(3) > 0 {
					b.WriteByte('\n')
				}
			}
			g.Add(b.String())
			halves[r.IntN(2)].Add(b.String())
			plain.line([]byte(b.String()))
		}
		halves[0].Forget()
		halves[0].Unite(halves[1])
		for name, got := range map[string]*Grams{"by lines": g, "united": halves[0]} {
			if got.odd != plain.odd || got.letters != plain.letters || !cmp.Equal(got.bits, plain.bits) {
				t.Fatalf("%s: not what is told of the same texts as a whole", name)
			}
		}
	}
}
