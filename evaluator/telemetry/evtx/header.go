package evtx

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
)

// Sizes and places in the EVTX format, as [MS-EVEN6] and the documentation of
// libevtx describe it.
const (
	headerSize      = 128
	headerBlock     = 4096
	headerChecksum  = 124 // of what stands before headerFlags
	headerFlags     = 120
	chunkSize       = 64 << 10
	chunkHeaderSize = 512
	recordHeader    = 24
	recordOverhead  = recordHeader + 4 // with the copy of the size at the end
)

var (
	fileMagic   = []byte("ElfFile\x00")
	chunkMagic  = []byte("ElfChnk\x00")
	recordMagic = []byte{'*', '*', 0, 0}
)

// header is what the reader needs of the header of a file.
type header struct {
	next   uint64 // number that the next record would get
	chunks int
	block  int  // size of the header with its padding
	dirty  bool // not closed properly: the header may be behind the file
	known  bool // the header is one
	sound  bool // its checksum is right
}

func parseHeader(head []byte) header {
	h := header{
		next:   binary.LittleEndian.Uint64(head[24:]),
		chunks: int(binary.LittleEndian.Uint16(head[42:])),
		block:  int(binary.LittleEndian.Uint16(head[40:])),
		dirty:  binary.LittleEndian.Uint32(head[headerFlags:])&1 != 0,
		known:  bytes.HasPrefix(head, fileMagic),
		sound:  crc32.ChecksumIEEE(head[:headerFlags]) == binary.LittleEndian.Uint32(head[headerChecksum:]),
	}
	if h.block < headerSize || !h.known {
		h.block = headerBlock
	}
	if !h.known {
		h.next, h.chunks = 0, 0
	}
	return h
}

var errNoLog = errors.New("this is no EVTX file: neither it nor its first chunk starts with a signature")

// open reads the header of a file up to its first chunk. An error that it
// returns means that there is nothing more to read.
func (p *pass) open() error {
	head := make([]byte, headerSize)
	if n, err := io.ReadFull(p.in, head); err != nil {
		return fmt.Errorf("EVTX file ends in its header, behind %d bytes; get a complete copy", n)
	}
	p.header = parseHeader(head)
	minor, major := binary.LittleEndian.Uint16(head[36:]), binary.LittleEndian.Uint16(head[38:])
	if p.header.known && p.header.sound && (major != 3 || minor > 2) {
		return fmt.Errorf("EVTX version %d.%d is not supported, want 3.0 to 3.2", major, minor)
	}
	p.offset = int64(p.header.block)
	_, err := io.CopyN(io.Discard, p.in, p.offset-headerSize)
	if err != nil && p.header.chunks > 0 {
		return fmt.Errorf("EVTX file ends in its header, %d chunks of records are missing; get a complete copy", p.header.chunks)
	}
	return nil
}

// checkHeader reports what is wrong with the header once the first chunk, of
// which there are n bytes, tells that this is a log at all. It returns an error
// if it is not.
func (p *pass) checkHeader(n int) error {
	switch {
	case !p.header.known && !(n >= len(chunkMagic) && bytes.HasPrefix(p.chunk, chunkMagic)):
		return errNoLog
	case !p.header.known:
		p.damage(-p.offset, 0, errors.New("EVTX header is overwritten; the chunks behind it are read"))
	case !p.header.sound && !p.header.dirty:
		p.damage(-p.offset, 0, errors.New("checksum of the EVTX header is wrong; its counts are not used"))
	}
	return nil
}

// promised is the number of records that the header stands for, 0 if unknown:
// record numbers run through, so it is the next number less the first.
func (p *pass) promised() int {
	n := p.header.next - p.first
	if p.header.dirty || !p.header.sound || p.first == 0 || n > uint64(p.header.chunks)*(chunkSize/recordOverhead) {
		return 0
	}
	return int(n)
}
