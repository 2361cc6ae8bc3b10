package record

import (
	"bytes"
	"crypto/sha256"
	"os"

	"github.com/klauspost/compress/zstd"
)

// sealer reads and writes what is remembered: compressed and behind its hash, so that what
// is not whole is nothing, whatever has become of it. It is for one goroutine.
type sealer struct {
	packs   *zstd.Encoder // nil until it is needed
	unpacks *zstd.Decoder // the same
}

// read reads what replace has written; nil if it is not there or not whole.
func (s *sealer) read(path string) []byte {
	text, err := os.ReadFile(path)
	if err != nil || len(text) < sha256.Size {
		return nil
	}
	if sum := sha256.Sum256(text[sha256.Size:]); !bytes.Equal(sum[:], text[:sha256.Size]) {
		return nil
	}
	if s.unpacks == nil {
		if s.unpacks, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1)); err != nil {
			return nil
		}
	}
	if text, err = s.unpacks.DecodeAll(text[sha256.Size:], nil); err != nil {
		return nil
	}
	return text
}

// replace writes a text in the place of another. It does not wait until that is on the
// disk: the hash tells if a power failure came in between.
func (s *sealer) replace(path string, text []byte) error {
	if s.packs == nil {
		var err error
		if s.packs, err = zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1)); err != nil {
			return err
		}
	}
	packed := s.packs.EncodeAll(text, make([]byte, sha256.Size))
	sum := sha256.Sum256(packed[sha256.Size:])
	copy(packed, sum[:])
	return replaceAnd(path, packed, func(*os.File) error { return nil })
}
