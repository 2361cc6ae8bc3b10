package shape

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Records and what is almost one are read alike with marks and without, wherever quotes,
// escapes, control characters and bytes beyond ASCII stand, also at the ends of blocks and
// of memory.
func TestMarks(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	pieces := []string{"x", "value", strings.Repeat("0123456789abcdef", 3), `\\`, `\"`, `\n`, `\t`, `\/`, `\u00e9`, `\ud83d\ude00`, "é", "\u212a", "\u017f", "\xff", "\xe2\x84", "\t", "\x1f", "\x7f", `\`, `"`, `\x`, `\u12`, `\\\"`}
	for range 50_000 {
		// The more pieces there may be, the odder they get.
		few := []int{3, 5, 10, 13, len(pieces)}[r.IntN(5)]
		text := func() string {
			var b strings.Builder
			for range r.IntN(12) {
				b.WriteString(pieces[r.IntN(few)])
			}
			return b.String()
		}
		var b strings.Builder
		b.WriteByte('{')
		for i := range 1 + r.IntN(5) {
			if i > 0 {
				b.WriteByte(',')
			}
			name := "n" + strconv.Itoa(i)
			if r.IntN(8) == 0 {
				name += text()
			}
			b.WriteString(`"` + name + `":"` + text() + `"`)
		}
		b.WriteByte('}')
		data := slices.Clip([]byte(b.String()))
		if r.IntN(10) == 0 {
			data = slices.Clip(data[:r.IntN(len(data))])
		}
		checkMarks(t, data)
	}
}
