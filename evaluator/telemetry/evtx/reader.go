package evtx

import (
	"errors"
	"fmt"
	"io"
)

// Reader reads logs one after the other. The zero value is ready; using it for
// many logs saves learning their names and templates anew. A Reader must not be
// copied once used, nor used by several goroutines at a time.
type Reader struct {
	// Unrendered leaves records as they stand in the log where that is possible: see
	// Record.Unrendered. It must not be changed once the Reader is used.
	Unrendered bool

	chunk   []byte
	block   *block // that holds the chunk if records stay in it
	decoder decoder
}

// Read yields the records of a log in the order in which they stand in it,
// until yield returns false. Every error is a *Damage, comes with the zero
// Record and does not end the sequence. Values stay valid; each record's texts
// share memory with those of a few others.
func (r *Reader) Read(in io.Reader, yield func(Record, error) bool) {
	p := &pass{Reader: r, in: in, yield: yield}
	if err := p.open(); err != nil {
		p.damage(0, 0, err)
		return
	}
	for !p.stopped {
		r.makeRoom()
		n, err := io.ReadFull(in, r.chunk)
		clear(r.chunk[n:])
		if p.number == 0 {
			if bad := p.checkHeader(n); bad != nil {
				p.damage(-p.offset, 0, bad)
				return
			}
		}
		if n > 0 {
			p.readChunk(n)
		}
		if err != nil {
			p.finish(n, err)
			return
		}
		p.offset += chunkSize
		p.number++
	}
}

// pass is one log being read.
type pass struct {
	*Reader
	in      io.Reader
	yield   func(Record, error) bool
	stopped bool // nothing more may be yielded
	header  header
	offset  int64  // of the current chunk in the file
	number  int    // of the current chunk, from 0
	read    int    // records yielded
	lost    int    // records reported as lost
	damages int    // reports
	blank   int    // chunks up to this one that hold nothing known
	first   uint64 // lowest record number, 0 if none yet

	blankFrom int   // the first of them
	blankAt   int64 // where it is in the file
}

// damage reports err at an offset into the current chunk.
func (p *pass) damage(at int64, lost int, err error) {
	p.lost += lost
	p.damages++
	p.stopped = p.stopped || !p.yield(Record{}, &Damage{Offset: p.offset + at, Lost: lost, Err: err})
}

// finish reports once what is missing at the end of the file. tail is the
// number of bytes behind the last complete chunk.
func (p *pass) finish(tail int, err error) {
	p.reportBlank()
	var text string
	switch {
	case !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
		text = "; "
	case tail > 0:
		err, text = nil, fmt.Sprintf("EVTX file ends %d bytes into chunk %d; ", tail, p.number)
	case p.number < p.header.chunks && p.header.sound:
		err, text = nil, fmt.Sprintf("EVTX file ends behind chunk %d of %d; ", p.number, p.header.chunks)
	default:
		return
	}
	lost := 0
	if promised := p.promised(); promised > 0 {
		lost = max(0, promised-p.read-p.lost)
		text += fmt.Sprintf("its header promises %d records, %d were read", promised, p.read)
	} else {
		text += fmt.Sprintf("%d records were read", p.read)
	}
	if err != nil {
		p.damage(int64(tail), lost, fmt.Errorf("%w%s", err, text))
		return
	}
	p.damage(int64(tail), lost, errors.New(text))
}
