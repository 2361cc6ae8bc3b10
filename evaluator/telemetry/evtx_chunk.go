package telemetry

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// chunkHeader is what the reader needs of a chunk's header.
type chunkHeader struct {
	firstNumber, lastNumber uint64 // of its records, within the file
	lastID                  uint64
	free                    int // offset behind the last record
}

// records is the number of records that the header promises, 0 if it makes no sense.
func (h chunkHeader) records() int {
	n := h.lastNumber - h.firstNumber + 1
	if h.firstNumber == 0 || h.lastNumber < h.firstNumber || n > chunkSize/recordOverhead {
		return 0
	}
	return int(n)
}

func parseChunkHeader(chunk []byte) chunkHeader {
	h := chunkHeader{
		firstNumber: binary.LittleEndian.Uint64(chunk[8:]),
		lastNumber:  binary.LittleEndian.Uint64(chunk[16:]),
		lastID:      binary.LittleEndian.Uint64(chunk[32:]),
		free:        int(binary.LittleEndian.Uint32(chunk[48:])),
	}
	if h.free < chunkHeaderSize || h.free > chunkSize {
		h.free = chunkSize
	}
	return h
}

// readChunk yields the records of the chunk in the buffer, of which size bytes
// come from the file and the rest is zero.
func (e *evtxReader) readChunk(size int) {
	header := parseChunkHeader(e.chunk)
	intact := bytes.HasPrefix(e.chunk, chunkMagic)
	switch {
	case !intact && isZero(e.chunk):
		return // allocated in advance and not used yet
	case intact && header.lastID == ^uint64(0) && header.free == chunkHeaderSize:
		return // prepared and not used yet
	case !intact:
		header = chunkHeader{free: chunkSize}
	}
	if header.records() > 0 && (e.first == 0 || header.firstNumber < e.first) {
		e.first = header.firstNumber
	}
	if intact {
		e.reportBlank()
	}
	index, lost := e.index, e.lost
	e.xml.reset(e.chunk)
	e.readRecords(header, size)
	found := e.index - index
	switch {
	case !intact && found == 0 && e.lost == lost:
		e.blank++
		return
	case !intact:
		e.problem(0, 0, fmt.Errorf("chunk %d does not start with its signature; the %d records found in it are read, others may be lost", e.number, found))
		return
	}
	missing := header.records() - found - (e.lost - lost)
	if missing > 0 && size == chunkSize {
		e.problem(0, missing, fmt.Errorf("chunk %d holds %d of the %d records that its header promises", e.number, found, header.records()))
	}
}

// reportBlank reports a run of chunks in which nothing looks like a record.
func (e *evtxReader) reportBlank() {
	if e.blank > 0 {
		e.problem(-e.blank*chunkSize, 0, fmt.Errorf("%d chunks from chunk %d on hold neither a signature nor a record, but are not empty", e.blank, e.number-e.blank))
	}
	e.blank = 0
}

// readRecords walks the records of a chunk up to its free space. Of a log that
// was not closed properly the header may be behind, so records that continue
// the numbering count beyond it, too. A
// record that the file, which ends behind end bytes of the chunk, cuts off is
// left to finish to report.
func (e *evtxReader) readRecords(header chunkHeader, end int) {
	last := uint64(0)
	for at := chunkHeaderSize; e.live(); {
		size := e.recordAt(at)
		if size == 0 {
			if at >= header.free {
				return
			}
			if at = e.resync(at+1, header.free); at < 0 {
				return
			}
			continue
		}
		if at+size > end {
			return
		}
		id := binary.LittleEndian.Uint64(e.chunk[at+8:])
		if at >= header.free && (id != last+1 || !e.closed(at, size)) {
			return
		}
		last = id
		e.readRecord(at, size, id)
		at += size
	}
}

// recordAt returns the size of the record at an offset, 0 if there is none.
func (e *evtxReader) recordAt(at int) int {
	if at+recordOverhead > chunkSize || !bytes.HasPrefix(e.chunk[at:], recordMagic) {
		return 0
	}
	size := binary.LittleEndian.Uint32(e.chunk[at+4:])
	if size < recordOverhead || size > uint32(chunkSize-at) {
		return 0
	}
	return int(size)
}

// closed reports whether the record ends with the copy of its size.
func (e *evtxReader) closed(at, size int) bool {
	return binary.LittleEndian.Uint32(e.chunk[at+size-4:]) == uint32(size)
}

// resync finds the next complete record behind a damaged one.
func (e *evtxReader) resync(at, limit int) int {
	for at < limit {
		next := bytes.Index(e.chunk[at:limit], recordMagic)
		if next < 0 {
			return -1
		}
		at += next
		if size := e.recordAt(at); size > 0 && e.closed(at, size) {
			return at
		}
		at++
	}
	return -1
}

func (e *evtxReader) readRecord(at, size int, id uint64) {
	v, err := e.xml.record(at+recordHeader, at+size-4)
	if err != nil {
		e.problem(at, 1, fmt.Errorf("event record %d: %w", id, err))
		return
	}
	e.emit(Record{Source: e.source, Index: e.index, Value: v})
	e.index++
}

// problem reports err at an offset into the chunk.
func (e *evtxReader) problem(at, lost int, err error) {
	e.lost += lost
	e.report(&Problem{Source: e.source, Offset: e.offset + int64(at), Lost: lost, Err: err})
}

func isZero(b []byte) bool {
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return true
}
