package telemetry

import (
	"bytes"
	"crypto/sha256"
	"math/rand/v2"
	"testing"
)

func TestDigester(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(9, 10))
	d := newDigester()
	if d.state == nil {
		t.Error("the state of a hash is of no use: digester is slow here, and not needed")
	}
	without := &digester{}
	memory := []byte{}
	for size := range 1000 {
		text := make([]byte, size, size+r.IntN(3)*64)
		for i := range text {
			text[i] = byte(r.Uint32())
		}
		memory = append(memory[:0], text...)
		want := sha256.Sum256(text)
		got, used := d.sum(memory)
		if got != want || !bytes.Equal(used[:size], text) {
			t.Fatalf("%d bytes: got %x, want %x", size, got, want)
		}
		memory = used
		if got, _ := without.sum(text); got != want {
			t.Fatalf("%d bytes, without state: got %x, want %x", size, got, want)
		}
	}
}

func BenchmarkDigester(b *testing.B) {
	text := make([]byte, 145, 256)
	d := newDigester()
	b.Run("blocks", func(b *testing.B) {
		for b.Loop() {
			d.sum(text)
		}
	})
	b.Run("Sum256", func(b *testing.B) {
		for b.Loop() {
			sha256.Sum256(text)
		}
	})
}
