package telemetry

import (
	"encoding/binary"
	"hash/maphash"

	"github.com/socctl/socctl/evaluator"
	jsonshape "github.com/socctl/socctl/evaluator/shape"
)

// Limits of the structures that are remembered. Those beyond are evaluated by way
// of an event.
const (
	maxStructures      = 1 << 14
	maxStructureText   = 32 << 20 // bytes of all of them, written out
	largestStructure   = 1 << 16  // bytes of one
	maxStructureLeaves = 1 << 12  // of one
	waitingStructures  = 1 << 12  // met once, that are kept in mind when room gets scarce
)

// structures finds the shapes of records that were read as values: of event logs,
// XML and lines of text.
type structures struct {
	ids    map[string]int // by the structure written out
	size   int            // bytes of those
	seed   maphash.Seed
	seen   []uint64 // hashes of structures that wait for a second record
	text   []byte   // of a structure
	data   []byte   // texts of the leaves
	leaves []jsonshape.Leaf
}

// take makes a value the current one and returns its shape, -1 if that is not
// remembered; of such a value not all leaves may be there.
func (s *structures) take(v evaluator.Value) int {
	s.text, s.data, s.leaves = s.text[:0], s.data[:0], s.leaves[:0]
	if !s.walk(v) {
		s.text, s.data, s.leaves = nil, nil, nil // they may be as large as the record
		return jsonshape.Unknown
	}
	return s.id()
}

// id returns the number of the structure written out, -1 if it is not remembered.
func (s *structures) id() int {
	if id, known := s.ids[string(s.text)]; known {
		return id
	}
	if !s.admits() {
		return jsonshape.Unknown
	}
	id := len(s.ids)
	s.ids[string(s.text)] = id
	s.size += len(s.text)
	return id
}

// admits decides whether the structure written out is worth remembering. Half of
// the room is for whoever comes first. The other half is for structures that are
// met twice: there are sources whose every record has one of its own.
func (s *structures) admits() bool {
	if s.ids == nil {
		s.ids, s.seed, s.seen = map[string]int{}, maphash.MakeSeed(), make([]uint64, waitingStructures)
	}
	switch size := s.size + len(s.text); {
	case len(s.ids) >= maxStructures || size > maxStructureText:
		return false
	case len(s.ids) < maxStructures/2 && size <= maxStructureText/2:
		return true
	}
	hash := maphash.Bytes(s.seed, s.text)
	before := &s.seen[hash%waitingStructures]
	if *before == hash {
		return true
	}
	*before = hash
	return false
}

// walk writes out a structure and collects its leaves. It returns false, somewhere
// on the way, for one that is too large.
func (s *structures) walk(v evaluator.Value) bool {
	switch k := v.Kind(); k {
	case evaluator.List:
		items := v.Items()
		s.text = binary.AppendUvarint(append(s.text, '['), uint64(len(items)))
		if len(items) == 0 {
			s.leaf(jsonshape.EmptyList, "")
		}
		for _, item := range items {
			if !s.walk(item) {
				return false
			}
		}
	case evaluator.Object:
		members := v.Members()
		s.text = binary.AppendUvarint(append(s.text, '{'), uint64(len(members)))
		if len(members) == 0 {
			s.leaf(jsonshape.EmptyObject, "")
		}
		for i := range members {
			s.text = append(binary.AppendUvarint(s.text, uint64(len(members[i].Name))), members[i].Name...)
			if !s.walk(members[i].Value) {
				return false
			}
		}
	default:
		s.text = append(s.text, byte(k))
		s.leaf(leafKind(k), v.Text())
	}
	return len(s.text) <= largestStructure && len(s.leaves) <= maxStructureLeaves
}

func leafKind(k evaluator.Kind) jsonshape.Kind {
	switch k {
	case evaluator.Null:
		return jsonshape.Null
	case evaluator.Bool:
		return jsonshape.Bool
	case evaluator.Number:
		return jsonshape.Number
	}
	return jsonshape.String
}

// leaf appends a leaf. A byte between the texts keeps words from reaching over
// two of them.
func (s *structures) leaf(kind jsonshape.Kind, text string) {
	start := len(s.data)
	s.data = append(append(s.data, text...), 0)
	s.leaves = append(s.leaves, jsonshape.Leaf{Start: uint32(start), End: uint32(start + len(text)), Kind: kind})
}
