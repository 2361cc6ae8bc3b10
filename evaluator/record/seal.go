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
	if err != nil {
		return nil
	}
	return s.open(text)
}

// replace writes a text in the place of another. It does not wait until that is on the
// disk: the hash tells if a power failure came in between.
func (s *sealer) replace(path string, text []byte) error {
	sealed, err := s.seal(nil, text)
	if err != nil {
		return err
	}
	return replaceAnd(path, sealed, func(*os.File) error { return nil })
}

// seal appends a text, sealed.
func (s *sealer) seal(to, text []byte) ([]byte, error) {
	if s.packs == nil {
		var err error
		if s.packs, err = zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1)); err != nil {
			return nil, err
		}
	}
	begin := len(to)
	to = s.packs.EncodeAll(text, append(to, make([]byte, sha256.Size)...))
	sum := sha256.Sum256(to[begin+sha256.Size:])
	copy(to[begin:], sum[:])
	return to, nil
}

// open returns a text that was sealed; nil if it is not whole.
func (s *sealer) open(sealed []byte) []byte {
	if len(sealed) < sha256.Size {
		return nil
	}
	sum, packed := sealed[:sha256.Size], sealed[sha256.Size:]
	if is := sha256.Sum256(packed); !bytes.Equal(sum, is[:]) {
		return nil
	}
	if s.unpacks == nil {
		var err error
		if s.unpacks, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1)); err != nil {
			return nil
		}
	}
	text, err := s.unpacks.DecodeAll(packed, nil)
	if err != nil {
		return nil
	}
	return text
}
