package evaluator

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
)

// A filter says so of every text that has one of its words, wherever it stands, and of
// no text that has none: it compares what it finds.
func TestWordFilter(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for _, words := range [][]string{
		{"mimikatz", "sekurlsa::", `\\mimilib.dll`, "privilege::backup", "kerberos::ptt"}, {"mimi", "sekurlsa::"}, {"mimikat"}, {"mimikatz", "invoke-m"},
	} {
		f := newWordFilter(words)
		for size := 1; size < 200; size++ {
			text := bytes.Repeat([]byte("mimiprivilege:sekurlsa:kerberos-"), 8)[:size]
			for _, word := range words {
				if f.holds(text) != heldIn(text, words) {
					t.Fatalf("%q of %q: not %v", words, text, heldIn(text, words))
				}
				if len(word) > size {
					continue
				}
				at := r.IntN(size - len(word) + 1)
				has := append([]byte(nil), text...)
				if copy(has[at:], strings.ToUpper(word)); !f.holds(has) {
					t.Fatalf("%q holds %q", has, word)
				}
			}
		}
	}
}

func heldIn(text []byte, words []string) bool {
	for _, w := range words {
		if bytes.Contains(text, []byte(w)) {
			return true
		}
	}
	return false
}

func BenchmarkWordFilter(b *testing.B) {
	f := newWordFilter([]string{"dpapi::masterkey", "event::clear", "gentilkiwi.com", "kerberos::ptt", "lsadump::", "mimidrv.sys", `\\mimilib.dll`, "misc::skeleton", "privilege::backup"})
	text := bytes.Repeat([]byte(`New Process Name: C:\\Windows\\System32\\cmd.exe\tToken Elevation Type: %%1936 `), 12)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if f.holds(text) {
			b.Fatal("holds")
		}
	}
}
