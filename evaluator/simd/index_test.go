package simd

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"
)

// plainIndex is Index, one byte after the other.
func plainIndex(blocks []Block, text []byte) (f Findings) {
	clear(blocks)
	escaped := false
	for i, c := range text {
		b, bit := &blocks[i/BlockSize], uint64(1)<<(i%BlockSize)
		if c < ' ' {
			f |= Control
		}
		if c >= 0x80 {
			b.High |= bit
			f |= High
		}
		if escaped && !bytes.ContainsRune([]byte(`"\bfnrt`), rune(c)) {
			b.Odd |= bit
			f |= Odd
		}
		if c == '"' && !escaped {
			b.Quotes |= bit
		}
		if c == '\\' || c == '"' && !escaped {
			b.Marks |= bit
		}
		escaped = c == '\\' && !escaped
	}
	return f
}

// checkIndex compares both forms on a text that nothing may be read around.
func checkIndex(t *testing.T, text []byte) {
	t.Helper()
	n := (len(text) + BlockSize - 1) / BlockSize
	got, want := make([]Block, n+1), make([]Block, n+1)
	got[n].Marks, want[n].Marks = 1, 1
	found := Index(got[:n], text)
	if found == Blind {
		if Available() && len(text) >= BlockSize {
			t.Fatal("nothing was looked at")
		}
		return
	}
	if wanted := plainIndex(want[:n], text); found != wanted || !slices.Equal(got, want) {
		t.Fatalf("%q: found %b, want %b\n%x, want\n%x", text, found, wanted, got, want)
	}
}

// Every byte stands at every place, behind one backslash, two and three.
func TestIndexOfEveryByte(t *testing.T) {
	t.Parallel()
	for _, size := range []int{64, 65, 96, 127, 128, 130, 191} {
		for c := range 256 {
			text := bytes.Repeat([]byte{'x'}, size)
			for at := range text {
				for back := range 4 {
					for i := max(0, at-back); i < at; i++ {
						text[i] = '\\'
					}
					text[at] = byte(c)
					checkIndex(t, text)
					for i := max(0, at-back); i <= at; i++ {
						text[i] = 'x'
					}
				}
			}
		}
	}
}

func TestIndexOfRandomTexts(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	pieces := []string{`\`, `\\`, `"`, `\"`, `\n`, `\u00e9`, `\/`, "\t", "é", "\xff", "\x1f", " ", "abcdefgh", "x"}
	for range 50_000 {
		var text []byte
		few := 1 + r.IntN(len(pieces))
		for size := 64 + r.IntN(400); len(text) < size; {
			text = append(text, pieces[r.IntN(few)]...)
		}
		checkIndex(t, slices.Clip(text))
	}
}

// Texts stand at the beginning and at the end of memory that nobody may touch beyond.
func TestIndexReadsNothingElse(t *testing.T) {
	memory := guarded(t)
	for i := range memory {
		memory[i] = `x"\`[i%3]
	}
	for size := range 300 {
		checkIndex(t, memory[len(memory)-size:])
		checkIndex(t, memory[:size])
	}
}

func TestShortTextsAreNotIndexed(t *testing.T) {
	t.Parallel()
	for size := range BlockSize {
		if got := Index(nil, make([]byte, size)); got != Blind {
			t.Errorf("%d bytes: %b", size, got)
		}
	}
}

func FuzzIndex(f *testing.F) {
	f.Add([]byte(`{"a":"\\\"\u00e9\/x","b":"`+"é\x00"+`"}`), 70)
	f.Fuzz(func(t *testing.T, text []byte, pad int) {
		checkIndex(t, slices.Concat(bytes.Repeat([]byte{'x'}, max(0, pad%130)), text))
	})
}
