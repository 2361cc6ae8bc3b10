package shape

import "hash/maphash"

const (
	none = 0 // no step: the first one leads to the root
	root = 0

	likely   = 8  // steps from a node that are tried before one is looked up
	variants = 3  // ways to put spaces into a step that are remembered beside the first
	nameSize = 64 // bytes of glue for each node, on average
)

// trie holds shapes as ways from leaf to leaf. A node of it is known by the
// number of the step that leads to it.
type trie struct {
	steps   []step
	origins []origin
	index   []int32 // first of the steps whose hashes end in the same bits
	seed    maphash.Seed
	shapes  int

	maxSteps int
	free     int // bytes of glue that may still be kept
}

// step is the way from a node to the next as it is written: the glue and the
// kind of the leaf behind it.
type step struct {
	glue  string
	to    int32 // node; the id of a shape for kind end
	first int32 // from there, the step to try first
	other int32 // from where this step starts, the one to try next
	leaf  uint16
	kind  Kind
}

// origin is what else there is to know of a step.
type origin struct {
	text     string // the glue without spaces
	hash     uint64
	parent   int32
	same     int32 // next in index
	variants int8
}

func newTrie(maxSteps int) trie {
	return trie{
		steps: []step{{kind: end + 1}}, origins: make([]origin, 1), index: make([]int32, 16),
		seed: maphash.MakeSeed(), maxSteps: maxSteps, free: maxSteps * nameSize,
	}
}

// room reports whether there is room for so many steps and bytes of glue.
func (t *trie) room(steps, bytes int) bool {
	return len(t.steps)+steps <= t.maxSteps+1 && bytes <= t.free
}

// turn makes the step that the bytes at an offset spell the first to try, if
// it is one of the other likely ones.
func (t *trie) turn(data []byte, node int32, at int) bool {
	last := t.steps[node].first
	if last == none {
		return false
	}
	for {
		n := t.steps[last].other
		if n == none {
			return false
		}
		if p := &t.steps[n]; p.fits(data[at:]) {
			t.steps[last].other = p.other
			p.other = t.steps[node].first
			t.steps[node].first = n
			return true
		}
		last = n
	}
}

// fits reports whether the bytes in front of b are those of the step.
func (p *step) fits(b []byte) bool {
	if len(b) < len(p.glue) || string(b[:len(p.glue)]) != p.glue {
		return false
	}
	b = b[len(p.glue):]
	switch p.kind {
	case Number:
		return len(b) > 0 && (b[0] == '-' || b[0] >= '0' && b[0] <= '9')
	case Bool:
		return len(b) > 0 && (b[0] == 't' || b[0] == 'f')
	case end:
		return skipSpace(b, 0) == len(b)
	}
	return true
}

// find returns the step from a node with some glue, given without spaces.
func (t *trie) find(node int32, kind Kind, text []byte) int32 {
	hash := t.hash(node, kind, text)
	for n := t.index[hash&uint64(len(t.index)-1)]; n != none; n = t.origins[n].same {
		if o := &t.origins[n]; o.hash == hash && o.parent == node && t.steps[n].kind == kind && o.text == string(text) {
			return n
		}
	}
	return none
}

func (t *trie) hash(node int32, kind Kind, text []byte) uint64 {
	const odd = 0x9e3779b97f4a7c15
	return (maphash.Bytes(t.seed, text) ^ uint64(node)<<8 ^ uint64(kind)) * odd >> 8
}

// prefer makes a step from a node the first to try, for glue with the spaces
// that it came with.
func (t *trie) prefer(node, n int32, written []byte, leaf int) {
	if t.steps[n].glue != string(written) {
		o := &t.origins[n]
		if o.variants == variants || len(written) > maxGlue || !t.room(1, len(written)) {
			return
		}
		o.variants++
		variant := t.steps[n]
		variant.glue, variant.leaf = string(written), uint16(leaf)
		t.free -= len(written)
		t.steps = append(t.steps, variant)
		t.origins = append(t.origins, origin{})
		n = int32(len(t.steps) - 1)
	}
	t.front(node, n)
}

// front puts a step in front of the likely ones of a node, which it is none
// of. The last one is dropped when they are too many.
func (t *trie) front(node, n int32) {
	t.steps[n].other = t.steps[node].first
	t.steps[node].first = n
	for range likely - 1 {
		if n = t.steps[n].other; n == none {
			return
		}
	}
	t.steps[n].other = none
}

// add adds the steps of a shape that follow a node, and returns its id. There
// must be room for them. Text is their glue without spaces.
func (t *trie) add(node int32, data []byte, way []glue, text []byte) int32 {
	kept := string(text)
	t.free -= len(kept)
	for _, g := range way {
		short := kept[g.text : g.text+g.size]
		n := int32(len(t.steps))
		p := step{glue: short, to: n, leaf: uint16(g.leaf), kind: g.kind}
		if written := data[g.start:g.stop]; string(written) != short && len(written) <= min(maxGlue, t.free) {
			p.glue = string(written)
			t.free -= len(written)
		} else if g.kind == EmptyObject || g.kind == EmptyList {
			p.leaf = 2
		}
		if g.kind == end {
			p.to = int32(t.shapes)
		}
		t.steps = append(t.steps, p)
		t.origins = append(t.origins, origin{text: short, hash: t.hash(node, g.kind, []byte(short)), parent: node})
		t.enter(n)
		t.front(node, n)
		node = n
	}
	t.shapes++
	return int32(t.shapes - 1)
}

// enter puts a step into the index, which grows with the steps.
func (t *trie) enter(n int32) {
	if len(t.steps) > len(t.index) {
		t.index = make([]int32, 2*len(t.index))
		for i := range int32(len(t.steps)) {
			t.link(i)
		}
		return
	}
	t.link(n)
}

func (t *trie) link(n int32) {
	o := &t.origins[n]
	if o.text == "" && n == root {
		return
	}
	slot := &t.index[o.hash&uint64(len(t.index)-1)]
	o.same, *slot = *slot, n
}
