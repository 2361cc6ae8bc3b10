package shape

import "hash/maphash"

// Unordered recognises records by their leaves alone, in whatever order members
// are written: there are sources that write each record in an order of its own,
// so that no [Scanner] meets a shape twice. It is for one goroutine.
//
// It guarantees: two records have the same id if and only if one becomes the
// other by writing members of objects in another order, and changing the texts
// of leaves. Nothing is allocated for a record whose id is known, and memory is
// bounded by the options.
type Unordered struct {
	paths    paths
	visits   []visit // by path
	byHash   map[uint64][]int32
	shapes   [][]int32 // path of each leaf, in the order of the record met first
	maxPaths int
	maxDepth int
	max      int // leaves of a record
	left     int // what may still be remembered of shapes; see shapeCost

	// Of the current record:
	data   []byte
	at     int
	marks  marks
	record uint32 // its number
	hash   uint64
	met    []int32 // path of each leaf, as written
	leaves []Leaf  // as written
	sorted []Leaf
	order  []int32
}

// visit is what the latest record with a path has there.
type visit struct {
	record uint32 // number of the record
	leaf   int32  // which of its leaves it is; -1 for none
}

// NewUnordered returns an Unordered that knows no records. Of the options,
// MaxNodes is how many different paths are remembered, and a 16th of how many
// leaves over all shapes, each of which counts as 64 leaves more.
func NewUnordered(o Options) *Unordered {
	u := &Unordered{paths: newPaths(), byHash: map[uint64][]int32{}, maxPaths: defaultNodes, maxDepth: defaultDepth, max: defaultLeaves}
	if o.MaxNodes > 0 {
		u.maxPaths = o.MaxNodes
	}
	if o.MaxDepth > 0 {
		u.maxDepth = o.MaxDepth
	}
	if o.MaxLeaves > 0 {
		u.max = o.MaxLeaves
	}
	u.left = 16 * u.maxPaths
	return u
}

// Recognise reads a record that a [Scanner] has found sound. Leaves come in an
// order that is the same for all records of the id; order tells which of the
// leaves as written each of them is. Both are valid until the next call.
//
// The id is [Unknown], and there are no leaves, if there is no room for a new
// id, or the record has too many leaves, or has a member twice or one whose name
// is not written as it is: then the order may count.
func (u *Unordered) Recognise(data []byte) (id int, leaves []Leaf, order []int32) {
	u.begin(data)
	if !u.value(root, 0) {
		return Unknown, nil, nil
	}
	for _, n := range u.byHash[u.hash] {
		if u.is(u.shapes[n]) {
			return int(n), u.sorted, u.order
		}
	}
	cost := len(u.met) + shapeCost
	if cost > u.left {
		return Unknown, nil, nil
	}
	u.left -= cost
	n := int32(len(u.shapes))
	u.shapes = append(u.shapes, append([]int32(nil), u.met...))
	u.byHash[u.hash] = append(u.byHash[u.hash], n)
	u.is(u.shapes[n])
	return int(n), u.sorted, u.order
}

// shapeCost is what remembering a shape takes beside its leaves, for whoever keeps
// something for each id too, in leaves.
const shapeCost = 64

func (u *Unordered) begin(data []byte) {
	u.data, u.at, u.hash = data, skipSpace(data, 0), 0
	u.marks.read(data)
	u.met, u.leaves = u.met[:0], u.leaves[:0]
	if u.record++; u.record == 0 {
		clear(u.visits)
		u.record = 1
	}
}

// is reports whether the current record is of a shape, and sorts its leaves as
// those of the shape are.
func (u *Unordered) is(shape []int32) bool {
	if len(shape) != len(u.met) {
		return false
	}
	u.sorted, u.order = u.sorted[:0], u.order[:0]
	for _, path := range shape {
		at := &u.visits[path]
		if at.record != u.record || at.leaf < 0 {
			return false
		}
		u.sorted, u.order = append(u.sorted, u.leaves[at.leaf]), append(u.order, at.leaf)
	}
	return true
}

// value reads what is at a path; false if the record cannot be recognised.
func (u *Unordered) value(path int32, depth int) bool {
	if depth > u.maxDepth {
		return false
	}
	start := u.at
	if start >= len(u.data) {
		return false
	}
	switch c := u.data[start]; {
	case c == '{':
		return u.object(path, depth)
	case c == '[':
		return u.list(path, depth)
	case c == '"':
		stop, as := u.marks.stringEnd(u.data, start+1)
		u.at = stop + 1
		return stop >= 0 && u.leaf(path, Leaf{uint32(start + 1), uint32(stop), String, as != written, as&spelled != 0, 0})
	case c == 't' || c == 'f':
		u.at = boolEnd(u.data, start)
		return u.at >= 0 && u.leaf(path, Leaf{Start: uint32(start), End: uint32(u.at), Kind: Bool})
	case c == 'n':
		u.at += len("null")
		return u.leaf(path, Leaf{Start: uint32(start), End: uint32(u.at), Kind: Null})
	}
	stop, ok := numberEnd(u.data, start)
	u.at = stop
	return ok && u.leaf(path, Leaf{Start: uint32(start), End: uint32(stop), Kind: Number})
}

// object reads the members of an object, of which a name may occur once.
func (u *Unordered) object(path int32, depth int) bool {
	start := u.at
	if u.next(start+1) == '}' {
		return u.closed(path, start, EmptyObject)
	}
	for {
		if u.at >= len(u.data) {
			return false
		}
		stop, as := u.marks.stringEnd(u.data, u.at+1)
		if stop < 0 || as != written {
			return false
		}
		child := u.child(path, u.data[u.at+1:stop], memberSalt)
		u.next(stop + 1)
		u.next(u.at + 1)
		if child < 0 || !u.value(child, depth+1) {
			return false
		}
		closing := u.next(u.at) == '}'
		u.next(u.at + 1)
		if closing {
			return true
		}
	}
}

func (u *Unordered) list(path int32, depth int) bool {
	start := u.at
	if u.next(start+1) == ']' {
		return u.closed(path, start, EmptyList)
	}
	for element, salt := path, uint64(firstSalt); ; salt = nextSalt {
		if element = u.child(element, nil, salt); element < 0 || !u.value(element, depth+1) {
			return false
		}
		closing := u.next(u.at) == ']'
		u.next(u.at + 1)
		if closing {
			return true
		}
	}
}

// next moves on to the next byte that is no space, and returns it; 0 at the end.
func (u *Unordered) next(at int) byte {
	if u.at = at; at < len(u.data) && u.data[at] > ' ' {
		return u.data[at]
	}
	if u.at = skipSpace(u.data, at); u.at < len(u.data) {
		return u.data[u.at]
	}
	return 0
}

// closed notes an object or a list with nothing in it.
func (u *Unordered) closed(path int32, start int, kind Kind) bool {
	u.at++
	return u.leaf(path, Leaf{Start: uint32(start), End: uint32(u.at), Kind: kind})
}

// Salts tell the kinds of steps: to a member, to the first element of a list,
// from an element to the next, to a leaf of some kind.
const (
	memberSalt = 1 << 8
	firstSalt  = 1 << 9
	nextSalt   = 1 << 10
	leafSalt   = 1 << 11
)

// leaf notes a leaf. Its kind is a step of its path.
func (u *Unordered) leaf(path int32, l Leaf) bool {
	if path = u.child(path, nil, leafSalt|uint64(l.Kind)); path < 0 || len(u.leaves) == u.max {
		return false
	}
	u.visits[path].leaf = int32(len(u.leaves))
	u.leaves, u.met = append(u.leaves, l), append(u.met, path)
	u.hash += u.paths.nodes[path].hash
	return true
}

// child returns the path of a step from another, -1 if it is not remembered or
// the record has it already.
func (u *Unordered) child(path int32, name []byte, salt uint64) int32 {
	n := u.paths.step(path, name, salt, u.maxPaths)
	if n < 0 {
		return n
	}
	for int(n) >= len(u.visits) {
		u.visits = append(u.visits, visit{})
	}
	if u.visits[n].record == u.record {
		return -1
	}
	u.visits[n].record, u.visits[n].leaf = u.record, -1
	return n
}

// paths numbers ways from the top of records to their leaves.
type paths struct {
	nodes []pathNode
	index []slot // of a hash table, probed in a row; at most half full
	seed  maphash.Seed
	names int // bytes of names
}

type pathNode struct {
	parent int32
	salt   uint64
	name   string
	hash   uint64
}

func newPaths() paths {
	return paths{nodes: make([]pathNode, 1), index: make([]slot, 64), seed: maphash.MakeSeed()}
}

// step returns the path that a step leads to, -1 if it is new and there are too
// many.
func (p *paths) step(from int32, name []byte, salt uint64, most int) int32 {
	hash := maphash.Bytes(p.seed, name) ^ (p.nodes[from].hash+salt)*odd
	hash ^= hash >> 32
	last := uint64(len(p.index) - 1)
	i := hash & last
	for ; p.index[i].step != none; i = (i + 1) & last {
		if p.index[i].tag != uint32(hash>>32) {
			continue
		}
		n := p.index[i].step
		if o := &p.nodes[n]; o.parent == from && o.salt == salt && o.name == string(name) {
			return n
		}
	}
	if len(p.nodes) > most || p.names+len(name) > most*nameSize {
		return -1
	}
	p.names += len(name)
	n := int32(len(p.nodes))
	p.nodes = append(p.nodes, pathNode{from, salt, string(name), hash})
	p.index[i] = slot{uint32(hash >> 32), n}
	if 2*len(p.nodes) > len(p.index) {
		p.grow()
	}
	return n
}

func (p *paths) grow() {
	p.index = make([]slot, 2*len(p.index))
	last := uint64(len(p.index) - 1)
	for n := 1; n < len(p.nodes); n++ {
		hash := p.nodes[n].hash
		i := hash & last
		for p.index[i].step != none {
			i = (i + 1) & last
		}
		p.index[i] = slot{uint32(hash >> 32), int32(n)}
	}
}
