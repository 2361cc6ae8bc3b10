package evtx

import (
	"sync"
	"sync/atomic"

	"github.com/socctl/socctl/evaluator/shape"
)

// block is the memory of a chunk whose records stay in it. It is used again once
// all of them have been released.
type block struct {
	data    []byte
	leaves  []shape.Leaf // of all records, one behind the other
	records []Unrendered
	held    atomic.Int32 // records that have not been released, and the Reader that fills it
}

var blocks = sync.Pool{New: func() any { return &block{data: make([]byte, chunkSize)} }}

func newBlock() *block {
	b := blocks.Get().(*block)
	b.held.Store(1)
	return b
}

func (b *block) release() {
	if b.held.Add(-1) == 0 {
		b.leaves, b.records = b.leaves[:0], b.records[:0]
		blocks.Put(b)
	}
}

// makeRoom makes memory ready for the next chunk.
func (r *Reader) makeRoom() {
	switch {
	case !r.Unrendered:
		if r.chunk == nil {
			r.chunk = make([]byte, chunkSize)
		}
		return
	case r.block != nil && r.block.held.Load() == 1:
		r.block.leaves, r.block.records = r.block.leaves[:0], r.block.records[:0]
		return
	case r.block != nil:
		r.block.release()
	}
	r.block = newBlock()
	r.chunk = r.block.data
}
