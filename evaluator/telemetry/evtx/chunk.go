package evtx

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
)

// chunkHeader is what the reader needs of the header of a chunk.
type chunkHeader struct {
	first, last uint64 // numbers of its records, within the file
	lastID      uint64
	free        int    // offset behind the last record
	checksum    uint32 // of the records
}

// records is the number of records that the header promises, 0 if it makes no sense.
func (h chunkHeader) records() int {
	n := h.last - h.first + 1
	if h.first == 0 || h.last < h.first || n > chunkSize/recordOverhead {
		return 0
	}
	return int(n)
}

func parseChunkHeader(chunk []byte) chunkHeader {
	h := chunkHeader{
		first:    binary.LittleEndian.Uint64(chunk[8:]),
		last:     binary.LittleEndian.Uint64(chunk[16:]),
		lastID:   binary.LittleEndian.Uint64(chunk[32:]),
		free:     int(binary.LittleEndian.Uint32(chunk[48:])),
		checksum: binary.LittleEndian.Uint32(chunk[52:]),
	}
	if h.free < chunkHeaderSize || h.free > chunkSize {
		h.free = chunkSize
	}
	return h
}

// isEmpty reports that a chunk was allocated, perhaps prepared, and not used yet.
func isEmpty(chunk []byte) bool {
	if !bytes.HasPrefix(chunk, chunkMagic) {
		return isZero(chunk)
	}
	h := parseChunkHeader(chunk)
	return h.lastID == ^uint64(0) && h.free == chunkHeaderSize
}

// checksums tells which of the two checksums of a chunk are right.
func checksums(chunk []byte, h chunkHeader) (head, records bool) {
	sum := crc32.ChecksumIEEE(chunk[:headerFlags])
	sum = crc32.Update(sum, crc32.IEEETable, chunk[headerSize:chunkHeaderSize])
	return sum == binary.LittleEndian.Uint32(chunk[headerChecksum:]),
		crc32.ChecksumIEEE(chunk[chunkHeaderSize:h.free]) == h.checksum
}

// readChunk yields the records of the chunk in the buffer, of which size bytes
// come from the file and the rest is zero.
func (p *pass) readChunk(size int) {
	if isEmpty(p.chunk) {
		return
	}
	h, intact := chunkHeader{free: chunkSize}, bytes.HasPrefix(p.chunk, chunkMagic)
	if intact {
		h = parseChunkHeader(p.chunk)
		p.reportBlank()
	}
	if h.records() > 0 && (p.first == 0 || h.first < p.first) {
		p.first = h.first
	}
	read, lost, damages := p.read, p.lost, p.damages
	p.decoder.reset(p.chunk)
	p.walk(h, size)
	found := p.read - read
	missing := h.records() - found - (p.lost - lost)
	switch {
	case !intact && found == 0 && p.lost == lost:
		if p.blank++; p.blank == 1 {
			p.blankFrom, p.blankAt = p.number, p.offset
		}
	case !intact:
		p.damage(0, 0, fmt.Errorf("chunk %d does not start with its signature; the %d records found in it are read, others may be lost", p.number, found))
	case size < chunkSize: // finish tells what is missing
	case missing > 0:
		p.damage(0, missing, fmt.Errorf("chunk %d holds %d of the %d records that its header promises", p.number, found, h.records()))
	case p.damages == damages:
		p.checkSums(h)
	}
}

// checkSums reports a chunk that could be read without any trouble, but whose
// checksums say that it is not as Windows wrote it. Of a log that was not
// closed properly the last chunks have none yet.
func (p *pass) checkSums(h chunkHeader) {
	head, records := checksums(p.chunk, h)
	if head && records || p.header.dirty {
		return
	}
	what := "records"
	if records {
		what = "header"
	}
	p.damage(0, 0, fmt.Errorf("checksum of the %s of chunk %d is wrong: something in it was changed after it was written; it is read as it is", what, p.number))
}

// reportBlank reports a run of chunks in which nothing looks like a record.
func (p *pass) reportBlank() {
	if p.blank > 0 {
		p.damage(p.blankAt-p.offset, 0, fmt.Errorf("%d chunks from chunk %d on hold neither a signature nor a record, but are not empty", p.blank, p.blankFrom))
	}
	p.blank = 0
}

var zeroes [4096]byte

func isZero(b []byte) bool {
	for ; len(b) >= len(zeroes); b = b[len(zeroes):] {
		if !bytes.Equal(b[:len(zeroes)], zeroes[:]) {
			return false
		}
	}
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return true
}
