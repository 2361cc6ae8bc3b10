package simd

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
)

// Sum256 returns the SHA-256 sum of a text. It may write behind the text, to its memory or to
// other that holds the text then and is returned, so that the end is padded where it stands:
// that takes a quarter less than what copies it, for texts of a few blocks.
func Sum256(text []byte) (sum [sha256.Size]byte, memory []byte) {
	if !sums {
		return sha256.Sum256(text), text
	}
	sum, memory = start, appendPadding(text)
	sumBlocks(&sum, memory)
	return sum, memory
}

// Sum256Two is Sum256 for two texts, which takes little longer than for the longer one.
func Sum256Two(texts *[2][]byte) (of [2][sha256.Size]byte) {
	if !sums {
		return [2][sha256.Size]byte{sha256.Sum256(texts[0]), sha256.Sum256(texts[1])}
	}
	of = [2][sha256.Size]byte{start, start}
	for i := range texts {
		texts[i] = appendPadding(texts[i])
	}
	both := min(len(texts[0]), len(texts[1]))
	sumTwo(&of, &texts[0][0], &texts[1][0], both/sha256.BlockSize)
	for i := range texts {
		sumBlocks(&of[i], texts[i][both:])
	}
	return of
}

// start is the sum of nothing, not even of padding.
var start = [sha256.Size]byte{
	0x6a, 0x09, 0xe6, 0x67, 0xbb, 0x67, 0xae, 0x85, 0x3c, 0x6e, 0xf3, 0x72, 0xa5, 0x4f, 0xf5, 0x3a,
	0x51, 0x0e, 0x52, 0x7f, 0x9b, 0x05, 0x68, 0x8c, 0x1f, 0x83, 0xd9, 0xab, 0x5b, 0xe0, 0xcd, 0x19,
}

func sumBlocks(of *[sha256.Size]byte, blocks []byte) {
	if len(blocks) > 0 {
		sum(of, &blocks[0], len(blocks)/sha256.BlockSize)
	}
}

// appendPadding makes a text one of whole blocks, as SHA-256 does.
func appendPadding(text []byte) []byte {
	const block, length = sha256.BlockSize, 8
	size := len(text)
	blocks := (size + length + block) / block
	text = slices.Grow(text, block+length)
	*(*[block + length]byte)(text[size : size+block+length]) = [block + length]byte{0x80}
	text = text[:blocks*block]
	binary.BigEndian.PutUint64(text[len(text)-length:], uint64(size)<<3)
	return text
}
