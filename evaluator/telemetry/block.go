package telemetry

import (
	"context"
	"iter"
	"sync"

	"github.com/socctl/socctl/evaluator"
)

const (
	blockRecords = 256       // a block is handed out once it has as many entries
	blockSize    = 128 << 10 // or as many bytes
)

// Block is records in a row, and problems in their place: what a source had at
// hand when it was asked. Records that ReadOptions.Raw leaves unread cost a
// block no more than their text.
type Block struct {
	entries []blockEntry
	ends    []int // of the lines of entries that are lines, one entry after the other
	size    int
	line    Record // of an entry that is lines
}

// blockEntry is a record, a problem, or lines that are a raw record each.
type blockEntry struct {
	record Record
	err    error
	lines  int // how many; record is the first of them then, its context all of them
}

// Blocks yields what Read does, block by block. Whoever takes a block owns it until
// its release. Before a source is read from, what is at hand is yielded: nothing
// waits for what a live source has yet to say.
func Blocks(ctx context.Context, sources []string, o ReadOptions) iter.Seq[*Block] {
	return func(yield func(*Block) bool) {
		r := &reader{ctx: ctx, options: o, blocks: &gathering{yield: yield}}
		r.all(sources)
		r.blocks.flush()
	}
}

// BlocksOf gathers records and problems.
func BlocksOf(records iter.Seq2[Record, error]) iter.Seq[*Block] {
	return func(yield func(*Block) bool) {
		g := &gathering{yield: yield}
		for r, err := range records {
			if !g.add(blockEntry{record: r, err: err}) {
				return
			}
		}
		g.flush()
	}
}

// Size returns roughly how many bytes the block holds. Values are counted by what they say:
// they take some times as much.
func (b *Block) Size() int { return b.size }

// Records yields the records and problems of the block; a record is valid until the
// next one. It is for one goroutine at a time.
func (b *Block) Records() iter.Seq2[*Record, error] {
	return func(yield func(*Record, error) bool) {
		ends := b.ends
		for i := range b.entries {
			e := &b.entries[i]
			if e.lines == 0 {
				if !yield(&e.record, e.err) {
					return
				}
				continue
			}
			b.line = e.record
			if !eachLine(&b.line, ends[:e.lines], yield) {
				return
			}
			ends = ends[e.lines:]
		}
	}
}

// Release says that nothing of the block is looked at any more, so that its memory
// may hold another. It is called once or not at all. Its records are not to be
// released by themselves.
func (b *Block) Release() {
	for i := range b.entries {
		b.entries[i].record.Release()
	}
	clear(b.entries)
	*b = Block{entries: b.entries[:0], ends: b.ends[:0]}
	usedBlocks.Put(b)
}

var usedBlocks = sync.Pool{New: func() any { return &Block{} }}

// gathering makes blocks of what is read.
type gathering struct {
	yield func(*Block) bool
	block *Block // nil while there is nothing
	left  bool   // nobody takes blocks any more
}

// add adds an entry; the ends of its lines are those that were added last. It
// returns false once nobody wants any more.
func (g *gathering) add(e blockEntry) bool {
	b := g.current()
	b.entries = append(b.entries, e)
	b.size += e.bytes()
	return len(b.entries) < blockRecords && b.size < blockSize || g.flush()
}

// current returns the block that is being filled.
func (g *gathering) current() *Block {
	if g.block == nil {
		g.block = usedBlocks.Get().(*Block)
	}
	return g.block
}

// flush hands out what there is. It returns false once nobody wants any more.
func (g *gathering) flush() bool {
	if b := g.block; b != nil && len(b.entries) > 0 && !g.left {
		g.block = nil
		g.left = !g.yield(b)
	}
	return !g.left
}

// bytes returns how much an entry holds.
func (e *blockEntry) bytes() int {
	if e.lines > 0 {
		return max(len(e.record.place.context), e.record.place.pins)
	}
	if size := e.record.Size(); size > 0 {
		return size
	}
	return bytesOf(e.record.Value)
}

func bytesOf(v evaluator.Value) int {
	const word = 16 // that a value takes, and a name
	n := word
	switch v.Kind() {
	case evaluator.List:
		for _, item := range v.Items() {
			n += bytesOf(item)
		}
	case evaluator.Object:
		for _, m := range v.Members() {
			n += word + bytesOf(m.Value)
		}
	default:
		n += len(v.Text())
	}
	return n
}
