package telemetry

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Sizes of the EVTX format, as [MS-EVEN6] and the documentation of libevtx
// describe it.
const (
	evtxHeaderSize  = 128
	evtxHeaderBlock = 4096
	chunkSize       = 64 << 10
	chunkHeaderSize = 512
	recordHeader    = 24
	recordOverhead  = recordHeader + 4 // with the copy of the size at the end
)

var (
	chunkMagic  = []byte("ElfChnk\x00")
	recordMagic = []byte{'*', '*', 0, 0}
)

// evtxReader reads an EVTX file chunk by chunk. It needs no seeking, so
// compressed files and standard input are read in the same way.
type evtxReader struct {
	*reader
	source string
	in     *bufio.Reader
	header evtxHeader
	offset int64  // of the current chunk in the file
	number int    // of the current chunk, from 0
	index  int    // records yielded
	lost   int    // records reported as lost
	blank  int    // chunks before this one that hold nothing known
	first  uint64 // lowest record number, 0 if none yet
	xml    binXML
}

type evtxHeader struct {
	next   uint64 // number that the next record would get
	chunks int
	dirty  bool // not closed properly: the header may be behind the file
}

func (r *reader) evtx(source string, in *bufio.Reader) bool {
	if r.chunk == nil {
		r.chunk = make([]byte, chunkSize)
	}
	e := &evtxReader{reader: r, source: source, in: in, xml: newBinXML(&r.words)}
	if err := e.readHeader(); err != nil {
		return r.report(&Problem{Source: source, Offset: 0, Err: err})
	}
	for e.live() {
		n, err := io.ReadFull(in, r.chunk)
		if n > 0 {
			clear(r.chunk[n:])
			e.readChunk(n)
		}
		if err != nil {
			e.finish(n, err)
			break
		}
		e.offset += chunkSize
		e.number++
	}
	return r.live()
}

func (e *evtxReader) readHeader() error {
	head := make([]byte, evtxHeaderSize)
	if n, err := io.ReadFull(e.in, head); err != nil {
		return fmt.Errorf("EVTX file ends in its header, behind %d bytes; get a complete copy", n)
	}
	minor, major := binary.LittleEndian.Uint16(head[36:]), binary.LittleEndian.Uint16(head[38:])
	if major != 3 || minor > 2 {
		return fmt.Errorf("EVTX version %d.%d is not supported, want 3.0 to 3.2", major, minor)
	}
	e.header = evtxHeader{
		next:   binary.LittleEndian.Uint64(head[24:]),
		chunks: int(binary.LittleEndian.Uint16(head[42:])),
		dirty:  binary.LittleEndian.Uint32(head[120:])&1 != 0,
	}
	block := int(binary.LittleEndian.Uint16(head[40:]))
	if block < evtxHeaderSize {
		block = evtxHeaderBlock
	}
	e.offset = int64(block)
	_, err := e.in.Discard(block - evtxHeaderSize)
	if err != nil && e.header.chunks > 0 {
		return fmt.Errorf("EVTX file ends in its header, %d chunks of records are missing; get a complete copy", e.header.chunks)
	}
	return nil
}

// finish reports once what is missing at the end of the file. tail is the
// number of bytes behind the last complete chunk.
func (e *evtxReader) finish(tail int, err error) {
	e.reportBlank()
	var text string
	switch {
	case !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
		text = err.Error() + "; "
	case tail > 0:
		text = fmt.Sprintf("EVTX file ends %d bytes into chunk %d; ", tail, e.number)
	case e.number < e.header.chunks:
		text = fmt.Sprintf("EVTX file ends behind chunk %d of %d; ", e.number, e.header.chunks)
	default:
		return
	}
	lost := 0
	if promised := e.promised(); promised > 0 {
		lost = max(0, promised-e.index-e.lost)
		text += fmt.Sprintf("its header promises %d records, %d were read", promised, e.index)
	} else {
		text += fmt.Sprintf("%d records were read", e.index)
	}
	e.report(&Problem{Source: e.source, Offset: e.offset + int64(tail), Lost: lost, Err: errors.New(text)})
}

// promised is the number of records that the file header stands for, 0 if
// unknown: record numbers run through, so it is the next number less the first.
func (e *evtxReader) promised() int {
	n := e.header.next - e.first
	if e.header.dirty || e.first == 0 || n > uint64(e.header.chunks)*(chunkSize/recordOverhead) {
		return 0
	}
	return int(n)
}
