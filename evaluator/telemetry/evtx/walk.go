package evtx

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"github.com/socctl/socctl/evaluator"
)

// walk yields the records of a chunk up to its free space. Of a log that was
// not closed properly the header may be behind, so records that continue the
// numbering count beyond it, too. A record that the file, which ends behind
// end bytes of the chunk, cuts off is left to finish to report.
func (p *pass) walk(h chunkHeader, end int) {
	last := uint64(0)
	for at := chunkHeaderSize; !p.stopped; {
		size := p.recordAt(at)
		if size == 0 {
			if at >= h.free {
				return
			}
			if at = p.resync(at+1, h.free); at < 0 {
				return
			}
			continue
		}
		if at+size > end {
			return
		}
		id := binary.LittleEndian.Uint64(p.chunk[at+8:])
		if at >= h.free && (id != last+1 || !p.closed(at, size)) {
			return
		}
		last = id
		p.record(at, size, id)
		at += size
	}
}

// recordAt returns the size of the record at an offset, 0 if there is none.
func (p *pass) recordAt(at int) int {
	if at+recordOverhead > chunkSize || !bytes.HasPrefix(p.chunk[at:], recordMagic) {
		return 0
	}
	size := binary.LittleEndian.Uint32(p.chunk[at+4:])
	if size < recordOverhead || size > uint32(chunkSize-at) {
		return 0
	}
	return int(size)
}

// closed reports whether the record ends with the copy of its size.
func (p *pass) closed(at, size int) bool {
	return binary.LittleEndian.Uint32(p.chunk[at+size-4:]) == uint32(size)
}

// resync finds the next complete record behind a damaged one.
func (p *pass) resync(at, limit int) int {
	for at < limit {
		next := bytes.Index(p.chunk[at:limit], recordMagic)
		if next < 0 {
			return -1
		}
		at += next
		if size := p.recordAt(at); size > 0 && p.closed(at, size) {
			return at
		}
		at++
	}
	return -1
}

// render returns a record either rendered or as it is.
func (p *pass) render(start, end int) (evaluator.Value, *Unrendered, error) {
	if !p.Unrendered {
		v, err := p.decoder.record(start, end)
		return v, nil, err
	}
	return p.decoder.unrendered(p.block, start, end)
}

func (p *pass) record(at, size int, id uint64) {
	v, u, err := p.render(at+recordHeader, at+size-4)
	if err != nil {
		p.damage(int64(at), 1, fmt.Errorf("event record %d: %w", id, err))
		return
	}
	p.read++
	p.stopped = p.stopped || !p.yield(Record{ID: id, Offset: p.offset + int64(at), Value: v, Unrendered: u}, nil)
}
