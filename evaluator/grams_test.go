package evaluator

import (
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
		g, texts := &Grams{}, []string{}
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
	g := &Grams{}
	g.Add("the quick brown fox")
	for word, want := range map[string]bool{"mimikatz": true, "QUICK": false, "quick fox": true, "fo": false} {
		if got := g.Lack(word); got != want {
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
	g := &Grams{}
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
		if diff := cmp.Diff(g.bits, again.bits); diff != "" {
			t.Error(text, diff)
		}
	}
	r := rand.New(rand.NewPCG(3, 4))
	for range 1 << gramBits {
		g.Add(string([]byte{byte(r.Uint32()), byte(r.Uint32()), byte(r.Uint32()), byte(r.Uint32())}))
	}
	if _, ok := g.Append(nil); ok {
		t.Error("what has nearly all runs is written")
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
		if again, ok := g.Append(nil); ok {
			if back, err := ReadGrams(again); err != nil || back.bits != g.bits {
				t.Fatal(err, data)
			}
		}
	})
}
