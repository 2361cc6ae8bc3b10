package simd

import (
	"bytes"
	"crypto/sha256"
	"math/rand/v2"
	"testing"
)

// checkSums compares the sums of two texts with what they are, alone and together.
func checkSums(t *testing.T, one, other []byte) {
	t.Helper()
	texts := [2][]byte{bytes.Clone(one), bytes.Clone(other)}
	of := Sum256Two(&texts)
	for i, text := range [][]byte{one, other} {
		want := sha256.Sum256(text)
		if of[i] != want || !bytes.HasPrefix(texts[i], text) {
			t.Fatalf("%d and %d bytes, together: got %x for number %d, want %x", len(one), len(other), of[i], i, want)
		}
		if got, memory := Sum256(bytes.Clone(text)); got != want || !bytes.HasPrefix(memory, text) {
			t.Fatalf("%d bytes: got %x, want %x", len(text), got, want)
		}
	}
}

func TestSum256(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(9, 10))
	random := func(size int) []byte {
		text := make([]byte, size, size+r.IntN(3)*64)
		for i := range text {
			text[i] = byte(r.Uint32())
		}
		return text
	}
	for size := range 1000 {
		checkSums(t, random(size), random(size))
		checkSums(t, random(size), random(r.IntN(1000)))
	}
}

// Memory is used again, whatever it held before.
func TestSum256InTheSameMemory(t *testing.T) {
	t.Parallel()
	memory := []byte{}
	for size := range 300 {
		text := bytes.Repeat([]byte{byte(size)}, (size*7)%300)
		want := sha256.Sum256(text)
		var got [sha256.Size]byte
		if got, memory = Sum256(append(memory[:0], text...)); got != want {
			t.Fatalf("%d bytes: got %x, want %x", len(text), got, want)
		}
	}
}

func TestSum256ReadsNothingElse(t *testing.T) {
	memory := guarded(t)
	const block = sha256.BlockSize
	for size := range 300 {
		padded := (size + 8 + block) / block * block
		for _, from := range []int{0, len(memory) - padded} {
			text := memory[from : from+size : from+padded]
			want := sha256.Sum256(text)
			if got, _ := Sum256(text); got != want {
				t.Fatalf("%d bytes: got %x, want %x", size, got, want)
			}
		}
	}
}

func FuzzSum256(f *testing.F) {
	f.Add([]byte(""), []byte("abc"))
	f.Fuzz(checkSums)
}

// BenchmarkSum256 is of the size of small events.
func BenchmarkSum256(b *testing.B) {
	texts := [2][]byte{make([]byte, 145, 256), make([]byte, 145, 256)}
	b.Run("one", func(b *testing.B) {
		for b.Loop() {
			Sum256(texts[0])
		}
	})
	b.Run("two", func(b *testing.B) {
		for b.Loop() {
			of := texts
			Sum256Two(&of)
		}
	})
	b.Run("crypto", func(b *testing.B) {
		for b.Loop() {
			sha256.Sum256(texts[0])
		}
	})
}
