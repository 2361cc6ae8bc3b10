package simd

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"
)

// plainProbe is Probe, by the hashes of all that was added.
func plainProbe(known map[uint32]bool, text []byte, from int) int {
	for at := from; at <= len(text)-GramSize; at += ProbeSize {
		at = min(at, len(text)-ProbeSize)
		for i := 0; i < ProbeSize; i += GramSize {
			if known[gramHash(binary.LittleEndian.Uint32(text[at+i:])|0x20202020)] {
				return at
			}
		}
	}
	return len(text)
}

// checkProbe compares all that can be found in a text, whatever is asked first.
func checkProbe(t *testing.T, grams []uint32, text []byte) (all int) {
	t.Helper()
	var g Grams
	known := map[uint32]bool{}
	for _, gram := range grams {
		g.Add(gram)
		known[gramHash(gram)] = true
		if g.Has(gram) == 0 {
			t.Fatalf("%x is not there", gram)
		}
	}
	if len(text) < ProbeSize {
		if at := g.Probe(text, 0); at != len(text) {
			t.Fatalf("%q: found at %d", text, at)
		}
		return 0
	}
	for _, from := range []int{0, 1, len(text) - ProbeSize, len(text) - ProbeSize + 1, len(text) - GramSize, len(text) - GramSize + 1, len(text)} {
		for {
			at := g.Probe(text, from)
			if want := plainProbe(known, text, from); at != want {
				t.Fatalf("%q from %d: found at %d, want %d", text, from, at, want)
			}
			if at == len(text) {
				break
			}
			all++
			from = at + ProbeSize
		}
	}
	return all
}

func TestProbe(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	random := func(n, letters int) []byte {
		out := make([]byte, n)
		for i := range out {
			out[i] = byte(r.IntN(letters))
		}
		return out
	}
	all := 0
	for range 2000 {
		grams := make([]uint32, []int{1, 100, 3000}[r.IntN(3)])
		for i := range grams {
			grams[i] = Gram(random(4, 256))
		}
		all += checkProbe(t, grams, random(r.IntN(300), 256))
	}
	if all < 1000 {
		t.Errorf("only %d runs were found", all)
	}
}

// Of any four places in a row, one is looked at: whatever covers four is found.
func TestProbeLooksAtEveryFourthPlace(t *testing.T) {
	t.Parallel()
	const word = "abcdefg"
	var g Grams
	for i := range GramSize {
		g.Add(Gram([]byte(word[i:])))
	}
	for size := ProbeSize; size < 150; size++ {
		for at := 0; at+len(word) <= size; at++ {
			text := make([]byte, size)
			copy(text[at:], word)
			if g.Probe(text, 0) == size {
				t.Fatalf("nothing found at %d of %d", at, size)
			}
		}
	}
}

func TestProbeReadsNothingElse(t *testing.T) {
	memory := guarded(t)
	grams := []uint32{Gram([]byte{1, 2, 3, 4})}
	for i := range memory {
		memory[i] = byte(i % 251)
	}
	for size := range 300 {
		checkProbe(t, grams, memory[len(memory)-size:])
		checkProbe(t, grams, memory[:size])
	}
}

func FuzzProbe(f *testing.F) {
	f.Add([]byte("invoke-mimikatz in some text that is longer than a block"), uint32(0x20202020))
	f.Fuzz(func(t *testing.T, text []byte, gram uint32) {
		gram |= 0x20202020
		checkProbe(t, []uint32{gram}, text)
		checkProbe(t, []uint32{gram}, append(binary.LittleEndian.AppendUint32([]byte("0123456789012345678901234567"), gram), text...))
	})
}
