package telemetry

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/klauspost/compress/flate"
)

// Parts of a zip archive, by PKWARE's APPNOTE 6.3.
const (
	zipLocalHeader = 0x04034b50
	zipDescriptor  = 0x08074b50
	zipHeaderSize  = 30
	zipStored      = 0
	zipDeflated    = 8
	zipEncrypted   = 1 << 0
	zipSizeBehind  = 1 << 3 // sizes stand behind the data
)

// zipHeader is what a member starts with.
type zipHeader struct {
	flags, method uint16
	size          uint32 // compressed; 0 if it stands behind the data
	name          string
	modified      time.Time
}

// zipStream reads an archive from its start, without its directory. damage is
// what is already known to be wrong with it, nil for nothing.
func (r *reader) zipStream(source string, in *bufio.Reader, layer int, damage error) bool {
	consumed := &counter{in: in}
	m := &members{reader: r, source: source, layer: layer, limit: r.expansion("zip", consumed.total)}
	if damage != nil && !r.fail(source, damage) {
		return false
	}
	for {
		h, err := readZipHeader(in, consumed)
		switch {
		case err == io.EOF:
			if damage != nil {
				return m.live()
			}
			return m.done()
		case err != nil:
			return r.fail(source, fmt.Errorf("damaged or truncated zip archive behind %d recordings: %w", m.found, err))
		}
		data, err := h.open(in, consumed)
		if err != nil {
			return r.fail(source+memberMark+h.name, err)
		}
		if !m.member(h.name, h.modified, named{data, "zip"}) {
			return false
		}
		if _, err := io.Copy(io.Discard, m.limit.reader(data)); err != nil {
			return damage != nil || r.fail(source, fmt.Errorf("damaged or truncated zip archive in %s: %w", h.name, err))
		}
		if err := h.skipDescriptor(in, consumed); err != nil {
			return r.fail(source, fmt.Errorf("damaged or truncated zip archive behind %s: %w", h.name, err))
		}
	}
}

// readZipHeader returns io.EOF at the directory behind the last member.
func readZipHeader(in *bufio.Reader, consumed *counter) (zipHeader, error) {
	head, err := in.Peek(zipHeaderSize)
	if len(head) < 4 || binary.LittleEndian.Uint32(head) != zipLocalHeader {
		return zipHeader{}, io.EOF
	}
	if err != nil {
		return zipHeader{}, io.ErrUnexpectedEOF
	}
	h := zipHeader{
		flags:    binary.LittleEndian.Uint16(head[6:]),
		method:   binary.LittleEndian.Uint16(head[8:]),
		modified: dosTime(binary.LittleEndian.Uint16(head[12:]), binary.LittleEndian.Uint16(head[10:])),
		size:     binary.LittleEndian.Uint32(head[18:]),
	}
	nameSize, extraSize := int(binary.LittleEndian.Uint16(head[26:])), int(binary.LittleEndian.Uint16(head[28:]))
	text := make([]byte, zipHeaderSize+nameSize+extraSize)
	if _, err := io.ReadFull(consumed, text); err != nil {
		return zipHeader{}, io.ErrUnexpectedEOF
	}
	h.name = string(text[zipHeaderSize : zipHeaderSize+nameSize])
	return h, nil
}

// open returns the content of the member.
func (h *zipHeader) open(in *bufio.Reader, consumed *counter) (io.Reader, error) {
	switch {
	case h.flags&zipEncrypted != 0:
		return nil, errEncrypted
	case h.method == zipDeflated:
		return flate.NewReader(consumed), nil // reads byte by byte where it ends, and not beyond
	case h.method != zipStored:
		return nil, fmt.Errorf("is compressed by method %d, which needs the archive as a file; extract it first", h.method)
	case h.flags&zipSizeBehind != 0 || h.size == 1<<32-1:
		return nil, errors.New("has a size that only the directory of the archive tells; read the archive as a file")
	}
	return io.LimitReader(consumed, int64(h.size)), nil
}

// skipDescriptor steps over the checksum and the sizes behind the data.
func (h *zipHeader) skipDescriptor(in *bufio.Reader, consumed *counter) error {
	if h.flags&zipSizeBehind == 0 {
		return nil
	}
	size := 12
	if head, _ := in.Peek(4); len(head) == 4 && binary.LittleEndian.Uint32(head) == zipDescriptor {
		size = 16
	}
	for _, wider := range []int{0, 8} { // sizes of 4 bytes, of 8 for large members
		head, _ := in.Peek(size + wider + 4)
		if len(head) == size+wider+4 && head[size+wider] == 'P' && head[size+wider+1] == 'K' {
			size += wider
			break
		}
	}
	_, err := io.CopyN(io.Discard, consumed, int64(size))
	return err
}

// dosTime decodes the time of a member, which has no zone and even seconds.
func dosTime(date, clock uint16) time.Time {
	if date == 0 {
		return time.Time{}
	}
	return time.Date(int(date>>9)+1980, time.Month(date>>5&15), int(date&31), int(clock>>11), int(clock>>5&63), int(clock&31)*2, 0, time.UTC)
}
