package simd

import (
	"bytes"
	"testing"
)

// BenchmarkIndex looks at lines with few marks, with many, and with escapes.
func BenchmarkIndex(b *testing.B) {
	for name, piece := range map[string]string{"plain": "abcdefghijklmnopqrstuvwxyz0123456789", "quotes": `"name":"value",`, "escapes": `C:\\Windows\\System32`} {
		text := bytes.Repeat([]byte(piece), 2000/len(piece))
		blocks := make([]Block, len(text)/BlockSize+1)
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				Index(blocks, text)
			}
		})
	}
}
