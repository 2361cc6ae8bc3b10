package simd

import (
	"encoding/hex"
	"math/rand/v2"
	"testing"
)

func checkHex(t *testing.T, data *[HexSize]byte) {
	t.Helper()
	var got [2 * HexSize]byte
	Hex(&got, data)
	if want := hex.EncodeToString(data[:]); string(got[:]) != want {
		t.Fatalf("got %s, want %s", got, want)
	}
}

// Every byte stands at every place.
func TestHex(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(13, 14))
	var data [HexSize]byte
	for at := range data {
		for c := range 256 {
			data[at] = byte(c)
			checkHex(t, &data)
		}
		for i := range data {
			data[i] = byte(r.Uint32())
		}
	}
}

func TestHexReadsNothingElse(t *testing.T) {
	memory := guarded(t)
	checkHex(t, (*[HexSize]byte)(memory))
	checkHex(t, (*[HexSize]byte)(memory[len(memory)-HexSize:]))
}

func FuzzHex(f *testing.F) {
	f.Add([]byte("any 32 bytes at all"))
	f.Fuzz(func(t *testing.T, text []byte) {
		var data [HexSize]byte
		copy(data[:], text)
		checkHex(t, &data)
	})
}

func BenchmarkHex(b *testing.B) {
	var dst [2 * HexSize]byte
	var data [HexSize]byte
	for b.Loop() {
		Hex(&dst, &data)
	}
}
