package shape

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Texts with escapes are the same whether they are taken in words or run by run.
func TestAppendTextByWords(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 9))
	parts := []string{`\\`, `\n`, `\"`, `\/`, `\u0041`, `\u20ac`, `\ud83d\ude00`, `\ud83d`, `\udc00x`, "é", "€", "😀", "\xff", "\xe2\x82", "a", "C:", "Windows", "a longer run of plain letters", "\x7f", "\x80"}
	for range 50_000 {
		var written []byte
		for range r.IntN(12) {
			written = append(written, parts[r.IntN(len(parts))]...)
		}
		leaf := Leaf{Start: 0, End: uint32(len(written)), Escaped: true}
		want := string(appendEscaped([]byte("before"), written, math.MaxInt))
		if got := string(AppendText([]byte("before"), written, leaf)); got != want {
			t.Fatalf("%q is %q, want %q", written, got, want)
		}
	}
}
