package shape

import "hash/maphash"

const (
	none = 0 // no step: the first one leads to the root
	root = 0

	likely   = 8       // steps from a node that are tried before one is looked up
	variants = 3       // ways to put spaces into a step that are remembered beside the first
	nameSize = 64      // bytes of glue for each node, on average
	waiting  = 1 << 12 // shapes met once that are kept in mind when room gets scarce

	odd = 0x9e3779b97f4a7c15
)

// trie holds shapes as ways from leaf to leaf. A node of it is known by the
// number of the step that leads to it.
type trie struct {
	steps   []step
	origins []origin
	index   []slot // of a hash table, probed in a row; at most half full
	indexed int
	seed    maphash.Seed
	shapes  int

	texts    map[string]string // all glue, each text once
	seen     []uint64          // hashes of shapes that wait for a second record
	maxSteps int
	free     int // bytes of texts that may still be kept
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
	hash     uint64 // of all the steps up to here; 0 for a variant, which is in no index
	parent   int32
	variants int8
}

// slot is a place in the index. The tag saves most looks at steps in vain.
type slot struct {
	tag  uint32 // high half of the hash
	step int32
}

func newTrie(maxSteps int) trie {
	return trie{
		steps: []step{{kind: end + 1}}, origins: make([]origin, 1), index: make([]slot, 32),
		texts: map[string]string{}, seed: maphash.MakeSeed(), maxSteps: maxSteps, free: maxSteps * nameSize,
	}
}

// room reports whether there is room for so many steps more.
func (t *trie) room(steps int) bool { return len(t.steps)+steps <= t.maxSteps+1 }

// admits decides whether the steps of a new shape are worth remembering. Half
// of the room is for whoever comes first. The other half is for shapes that are
// met twice: there are sources whose every record has a shape of its own, and
// they must not crowd out the others.
func (t *trie) admits(node int32, way []glue, text []byte) bool {
	if len(t.steps)+len(way) <= t.maxSteps/2+1 && len(text) <= t.free-t.maxSteps*nameSize/2 {
		return true
	}
	hash := t.origins[node].hash
	for _, g := range way {
		hash = t.hash(hash, g.kind, text[g.text:g.text+g.size])
	}
	if t.seen == nil {
		t.seen = make([]uint64, waiting)
	}
	before := &t.seen[hash>>32%waiting]
	if *before == hash {
		return true
	}
	*before = hash
	return false
}

// text returns the glue that is written so, if there is room for it.
func (t *trie) text(written []byte) (text string, ok bool) {
	if text, ok = t.texts[string(written)]; ok {
		return text, true
	}
	if len(written) > min(t.free, maxGlue) {
		return "", false
	}
	t.free -= len(written)
	text = string(written)
	t.texts[text] = text
	return text, true
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
	hash := t.hash(t.origins[node].hash, kind, text)
	last := uint64(len(t.index) - 1)
	for i := hash & last; t.index[i].step != none; i = (i + 1) & last {
		if t.index[i].tag != uint32(hash>>32) {
			continue
		}
		n := t.index[i].step
		if o := &t.origins[n]; o.parent == node && t.steps[n].kind == kind && o.text == string(text) {
			return n
		}
	}
	return none
}

// hash returns the hash of a step from a node with some hash, and so of all the
// steps that lead there.
func (t *trie) hash(parent uint64, kind Kind, text []byte) uint64 {
	hash := maphash.Bytes(t.seed, text) ^ (parent+uint64(kind))*odd
	return hash ^ hash>>32 | 1<<63
}

// prefer makes a step from a node the first to try, for glue with the spaces
// that it came with.
func (t *trie) prefer(node, n int32, written []byte, leaf uint32) {
	if t.steps[n].glue != string(written) {
		o := &t.origins[n]
		text, ok := t.text(written)
		if !ok || o.variants == variants || !t.room(1) {
			return
		}
		o.variants++
		variant := t.steps[n]
		variant.glue, variant.leaf = text, uint16(leaf)
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

// add adds the steps of a shape that follow a node, and returns its id, or
// Unknown if there is no room for their glue. Text is the glue without spaces.
func (t *trie) add(node int32, data []byte, way []glue, text []byte) int32 {
	for _, g := range way {
		if _, ok := t.text(text[g.text : g.text+g.size]); !ok {
			return Unknown
		}
	}
	for _, g := range way {
		short, _ := t.text(text[g.text : g.text+g.size])
		p := step{glue: short, to: int32(len(t.steps)), leaf: uint16(g.leaf), kind: g.kind}
		if g.kind == EmptyObject || g.kind == EmptyList {
			p.leaf = 2
		}
		if written, ok := t.text(data[g.start:g.stop]); ok {
			p.glue, p.leaf = written, uint16(g.leaf)
		}
		if g.kind == end {
			p.to = int32(t.shapes)
		}
		node = t.enter(node, p, short)
	}
	t.shapes++
	return int32(t.shapes - 1)
}

// enter adds a step to the trie and to its index, which grows with the steps.
func (t *trie) enter(node int32, p step, text string) int32 {
	n := int32(len(t.steps))
	t.steps = append(t.steps, p)
	t.origins = append(t.origins, origin{text: text, hash: t.hash(t.origins[node].hash, p.kind, []byte(text)), parent: node})
	t.front(node, n)
	if t.indexed++; 2*t.indexed <= len(t.index) {
		t.link(n)
		return n
	}
	t.index = make([]slot, 2*len(t.index))
	for i := int32(1); i <= n; i++ {
		if t.origins[i].hash != 0 {
			t.link(i)
		}
	}
	return n
}

func (t *trie) link(n int32) {
	hash, last := t.origins[n].hash, uint64(len(t.index)-1)
	i := hash & last
	for t.index[i].step != none {
		i = (i + 1) & last
	}
	t.index[i] = slot{uint32(hash >> 32), n}
}
