package telemetry

import (
	"crypto/sha256"
	"encoding"
	"encoding/binary"
	"hash"
)

// digester makes SHA-256 sums of texts one after the other, which takes a quarter less
// than sha256.Sum256 for those of a few blocks: the end of a text is padded where it
// stands, so that blocks alone are hashed and none is copied. The sum is then the state
// of the hash. It is for one goroutine.
type digester struct {
	hash  hash.Hash
	state encoding.BinaryAppender // of hash; nil if it is of no use
	text  []byte                  // what state appends
}

// stateAt is where the words of a hash begin in what it appends.
const stateAt = 4

func newDigester() *digester {
	d := &digester{hash: sha256.New()}
	d.state, _ = d.hash.(encoding.BinaryAppender)
	// Nobody promises what a state looks like.
	for size := 0; d.state != nil && size < 3*sha256.BlockSize; size += 7 {
		sample := make([]byte, size)
		if sum, _ := d.sum(sample); sum != sha256.Sum256(sample[:size]) {
			d.state = nil
		}
	}
	return d
}

// sum returns the sum of a text, and the memory of the text, which may have grown.
func (d *digester) sum(text []byte) (sum [sha256.Size]byte, memory []byte) {
	if d.state == nil {
		return sha256.Sum256(text), text
	}
	padded := appendPadding(text)
	d.hash.Reset()
	d.hash.Write(padded)
	state, err := d.state.AppendBinary(d.text[:0])
	if err != nil || len(state) < stateAt+sha256.Size {
		return sha256.Sum256(text), padded
	}
	d.text = state
	copy(sum[:], state[stateAt:])
	return sum, padded
}

// appendPadding makes a text one of whole blocks, as SHA-256 does.
func appendPadding(text []byte) []byte {
	const block, length = sha256.BlockSize, 8
	var zeros [block + length]byte
	size := len(text)
	zeros[0] = 0x80
	padding := block - (size+length)%block // one byte or more
	text = append(text, zeros[:padding]...)
	return binary.BigEndian.AppendUint64(text, uint64(size)<<3)
}
