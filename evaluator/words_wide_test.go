package evaluator

import (
	"encoding/binary"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf16"
)

func wide(text string) (out []byte) {
	for _, unit := range utf16.Encode([]rune(text)) {
		out = binary.LittleEndian.AppendUint16(out, unit)
	}
	return out
}

// A filter says of a text in UTF-16 what it says of the same in UTF-8, or that it may
// hold a word, and it says so of every text that does.
func TestWordFilterOnWideTexts(t *testing.T) {
	t.Parallel()
	words := []string{"mimikatz", "sekurlsa::", `\\evil`, "Invoke-", "0x1337", "abcd"}
	f := newWordFilter(words)
	r := rand.New(rand.NewPCG(1, 2))
	pieces := []string{"a", "b", "abc", "mimi", "katz", "MIMIKATZ", "SekurLSA::", `\\EVIL`, "invoke-", "é", "€", "\U0001f600", "x", " ", "@", "`", "0X1337", "ABCD", "abc\u0164", "\u0161bcd", "\x00"}
	held := 0
	for range 200_000 {
		var b strings.Builder
		for range r.IntN(12) {
			b.WriteString(pieces[r.IntN(len(pieces))])
		}
		text := b.String()
		data := append(wide(text), make([]byte, r.IntN(4))...)
		got := f.holdsWide(data)
		has := false
		for _, w := range words {
			has = has || strings.Contains(strings.ToLower(text), strings.ToLower(w))
		}
		if has && !got {
			t.Fatalf("%q holds a word", text)
		}
		if got && !f.holds([]byte(text)) {
			t.Fatalf("%q: in UTF-16 a word is seen that is not seen in UTF-8", text)
		}
		if got {
			held++
		}
	}
	if held < 10_000 || held > 190_000 {
		t.Errorf("%d texts hold words", held)
	}
	for _, text := range []string{"mimi\u212aatz", "\u017fekurlsa::"} {
		if odd := append([]byte{1}, wide(text)...); !unusualWide(odd) || unusualWide(wide(strings.ToUpper("mimikatz"))) {
			t.Errorf("%q is usual", text)
		}
	}
}
