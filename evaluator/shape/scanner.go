package shape

import (
	"errors"
	"math"
	"slices"
)

// Unknown is the id of a record whose shape is not remembered.
const Unknown = -1

// Kind is the kind of a leaf.
type Kind uint8

// The kinds of leaves.
const (
	String Kind = iota
	Number
	Bool
	Null
	EmptyObject
	EmptyList

	end // behind the last leaf
)

// Leaf is a leaf of a record: data[Start:End] is its text, of a string what
// stands between the quotes.
type Leaf struct {
	Start, End uint32
	Kind       Kind
	// Escaped marks a string whose text is not what is written: there is a
	// backslash in it, or bytes that are no UTF-8. [AppendText] reads it.
	Escaped bool
	// Spelled marks an escaped string that may write a character as an escape that
	// could stand for itself: there is a \u or a \/ in it.
	Spelled bool
	// Form tells how a leaf is written in data that is no text: as UTF-16 with the
	// low byte first, which is Wide, or as whoever made the leaf numbers it. It is 0
	// in text. The text of a leaf with a form is what its data and its form are read
	// as, so such a leaf is Escaped.
	Form uint8
}

// Wide is the form of text in UTF-16 with the low byte first. Zeros at its end, and
// half a code unit, are no part of it.
const Wide = 1

// Coded marks forms of which every text consists of characters of CodedCharacters:
// identifiers, times and bytes, written out.
const Coded = 1 << 7

// CodedCharacters are those of texts in coded forms, in one letter case.
const CodedCharacters = "0123456789abcdefx{}-:.tzs"

// Options bound what a Scanner accepts and remembers. Zero stands for the default.
type Options struct {
	// MaxNodes is how many steps from leaf to leaf are remembered, over all
	// shapes; those with the same beginning share its steps. The default is
	// 65,536. The names in them may take 64 bytes per node on average.
	MaxNodes int
	// MaxDepth is how deep objects and lists may be nested; 128 by default.
	MaxDepth int
	// MaxLeaves is how many leaves a record may have for its shape to be
	// remembered; 4,096 by default.
	MaxLeaves int
}

const (
	defaultNodes  = 1 << 16
	defaultDepth  = 128
	defaultLeaves = 1 << 12
)

// Scanner recognises shapes. It is for one goroutine.
type Scanner struct {
	trie      trie
	between   punctuation
	marks     marks // of the current record
	passed    int32 // node up to which between knows what is open
	way       []int32
	maxLeaves int
	leaves    []Leaf
	fresh     []glue // what follows where the record left the trie
	text      []byte // of fresh, without spaces
	settled   bool
}

// NewScanner returns a Scanner that knows no shapes.
func NewScanner(o Options) *Scanner {
	s := &Scanner{maxLeaves: defaultLeaves}
	nodes, depth := defaultNodes, defaultDepth
	if o.MaxNodes > 0 {
		nodes = o.MaxNodes
	}
	if o.MaxDepth > 0 {
		depth = o.MaxDepth
	}
	if o.MaxLeaves > 0 {
		s.maxLeaves = o.MaxLeaves
	}
	s.trie = newTrie(nodes)
	s.between.maxDepth, s.between.marks = depth, &s.marks
	return s
}

// Settle says whether records of new shapes are only checked from now on, and
// Unknown, instead of being remembered.
func (s *Scanner) Settle(settled bool) { s.settled = settled }

// ASCII reports whether the record scanned last is known to consist of ASCII. It may
// be without being known to.
func (s *Scanner) ASCII() bool { return s.marks.plain() }

// Unspelled reports whether no string of the record scanned last is known to be
// [Leaf.Spelled]. There may be none without that being known.
func (s *Scanner) Unspelled() bool { return s.marks.unspelled() }

// Shapes returns how many shapes are known; their ids are the numbers below it.
func (s *Scanner) Shapes() int { return s.trie.shapes }

var errLarge = errors.New("record of 4 GiB or more")

// Scan reads the record that data holds, with or without space around it. It
// returns the id of its shape, and its leaves in the order written, which are
// valid until the next call. Ids count from 0 in order of appearance.
//
// The id is [Unknown], and there are no leaves, if the record is sound but its
// shape is new and there is no room for it, or it has too many leaves, or what
// stands between two of them is longer than 4 KiB.
//
// A [*SyntaxError] tells where data stops being JSON, a [*DepthError] where it
// is nested too deep.
func (s *Scanner) Scan(data []byte) (id int, leaves []Leaf, err error) {
	if uint64(len(data)) > math.MaxUint32 {
		return Unknown, nil, errLarge
	}
	s.marks.read(data)
	s.between.open, s.passed = s.between.open[:0], root
	s.leaves = s.leaves[:0]
	node, at := int32(root), skipSpace(data, 0)
	for {
		if node, at = s.follow(data, node, at); at < 0 {
			return int(node), s.leaves, nil
		}
		if node, at, err = s.lookUp(data, node, at); err != nil {
			return Unknown, nil, err
		}
		switch {
		case node == Unknown:
			return Unknown, nil, nil
		case at < 0:
			return int(node), s.leaves, nil
		}
	}
}

// follow goes down the trie from a node as long as the bytes at an offset are
// those that are likely. It returns how far it came, or the id of the shape
// and -1 if that is the end of the record.
func (s *Scanner) follow(data []byte, node int32, at int) (int32, int) {
	steps, plain := s.trie.steps, s.marks.simple()
	for {
		if plain {
			if node, at = s.followPlain(data, node, at); at < 0 {
				return node, at
			}
		}
		leaves := s.leaves
		p := &steps[steps[node].first]
		behind, next := at+len(p.glue), -1
		n := len(leaves)
		if n == cap(leaves) {
			leaves = slices.Grow(leaves, 1)
		}
		// Field by field into its place: a copy of the whole would have to wait for them.
		leaf := &leaves[:n+1][n]
		leaf.Start, leaf.Kind, leaf.Escaped, leaf.Spelled, leaf.Form = uint32(behind), p.kind, false, false, 0
		switch {
		case !follows(data, at, p.glue):
		case p.kind == String:
			stop, as := s.marks.stringEnd(data, behind)
			leaf.End, leaf.Escaped, leaf.Spelled = uint32(stop), as != written, as&spelled != 0
			if stop >= 0 {
				next = stop + 1
			}
		case p.kind == Number:
			if stop, ok := numberEnd(data, behind); ok {
				leaf.End, next = uint32(stop), stop
			}
		case p.kind == Bool:
			next = boolEnd(data, behind)
			leaf.End = uint32(next)
		case p.kind < end:
			leaf.Start, leaf.End, next = uint32(behind-int(p.leaf)), uint32(behind), behind
		case p.kind == end && skipSpace(data, behind) == len(data):
			s.leaves = leaves
			return p.to, -1
		}
		if next >= 0 {
			s.leaves = leaves[:n+1]
			node, at = p.to, next
			continue
		}
		s.leaves = leaves
		if !s.trie.turn(data, node, at) {
			return node, at
		}
	}
}

// lookUp takes the step that the bytes at an offset spell where none of the
// likely ones did. Where there is no such step, it reads the rest of the record
// and returns its id and -1.
func (s *Scanner) lookUp(data []byte, node int32, at int) (to int32, next int, err error) {
	s.catchUp(node)
	if err = s.between.next(data, at, node == root); err != nil {
		return 0, 0, err
	}
	g := &s.between.glue
	s.text = s.text[:0]
	if !s.keep(data, g) {
		return Unknown, -1, s.pass(data)
	}
	step := s.trie.find(node, g.kind, s.text)
	if step == none && s.settled {
		return Unknown, -1, s.pass(data)
	}
	if step == none {
		id, err := s.explore(data, node)
		return id, -1, err
	}
	if next, err = s.leaf(data, true); err != nil {
		return 0, 0, err
	}
	s.trie.prefer(node, step, data[g.start:g.stop], g.leaf)
	if s.passed = step; g.kind == end {
		return s.trie.steps[step].to, -1, nil
	}
	return step, next, nil
}

// catchUp tells the reader of punctuation what was opened and closed on the way
// to a node.
func (s *Scanner) catchUp(node int32) {
	s.way = s.way[:0]
	for n := node; n != s.passed; n = s.trie.origins[n].parent {
		s.way = append(s.way, n)
	}
	for i := len(s.way) - 1; i >= 0; i-- {
		s.between.redo(s.trie.origins[s.way[i]].text)
	}
	s.passed = node
}

// leaf reads the leaf behind the glue read last, and notes it if asked to. It
// returns the offset behind it.
func (s *Scanner) leaf(data []byte, note bool) (next int, err error) {
	g := &s.between.glue
	stop, as := int(g.stop), written
	switch next = stop; g.kind {
	case end:
		return next, nil
	case String:
		if stop, as = s.marks.stringEnd(data, stop); stop < 0 {
			return 0, stringError(data, next)
		}
		next = stop + 1
	case Number, Bool:
		if stop, err = scalar(data, stop, g.kind); err != nil {
			return 0, err
		}
		next = stop
	}
	if note {
		s.leaves = append(s.leaves, Leaf{g.stop - g.leaf, uint32(stop), g.kind, as != written, as&spelled != 0, 0})
	}
	return next, nil
}

// explore reads the rest of a record that leaves the trie at a node with the
// glue read last, and adds its shape. Nothing is added for a record that turns
// out to be none.
func (s *Scanner) explore(data []byte, node int32) (id int32, err error) {
	s.fresh = s.fresh[:0]
	for g := &s.between.glue; s.room(); {
		s.remember(g)
		if g.kind == end {
			return s.learn(data, node), nil
		}
		at, err := s.leaf(data, true)
		if err != nil {
			return Unknown, err
		}
		if err = s.between.next(data, at, false); err != nil {
			return Unknown, err
		}
		if !s.keep(data, g) {
			break
		}
	}
	return Unknown, s.pass(data)
}

// learn adds the shape of a record to the trie.
func (s *Scanner) learn(data []byte, node int32) (id int32) {
	if !s.trie.admits(node, s.fresh, s.text) {
		return Unknown
	}
	return s.trie.add(node, data, s.fresh, s.text)
}

// pass reads the rest of a record from the glue read last on, only to see that
// it is sound.
func (s *Scanner) pass(data []byte) error {
	for s.between.glue.kind != end {
		at, err := s.leaf(data, false)
		if err != nil {
			return err
		}
		if err = s.between.next(data, s.between.plain(data, at), false); err != nil {
			return err
		}
	}
	return nil
}

// keep keeps the text of glue, unless it is too long.
func (s *Scanner) keep(data []byte, g *glue) bool {
	if g.stop-g.start > maxGlue {
		return false
	}
	g.text = uint32(len(s.text))
	if written := data[g.start:g.stop]; g.spaced {
		s.text = appendCompact(s.text, written)
	} else {
		s.text = append(s.text, written...)
	}
	g.size = uint32(len(s.text)) - g.text
	return true
}

// remember adds glue to what is fresh. It copies field by field: they have just
// been written, and a copy of the whole would have to wait for that.
func (s *Scanner) remember(g *glue) {
	n := len(s.fresh)
	s.fresh = slices.Grow(s.fresh, 1)[:n+1]
	f := &s.fresh[n]
	f.start, f.stop, f.leaf, f.kind, f.spaced, f.text, f.size = g.start, g.stop, g.leaf, g.kind, g.spaced, g.text, g.size
}

// room reports whether one more step may be remembered of the record.
func (s *Scanner) room() bool {
	return len(s.leaves) <= s.maxLeaves && s.trie.room(len(s.fresh)+1)
}
