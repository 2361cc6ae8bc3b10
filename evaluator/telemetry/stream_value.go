package telemetry

import (
	"encoding/binary"

	"github.com/socctl/socctl/evaluator"
	jsonshape "github.com/socctl/socctl/evaluator/shape"
)

// maxStructures bounds the structures of records that are remembered.
const maxStructures = 1 << 14

// structures finds the shapes of records that were read as values: of event logs,
// XML and lines of text.
type structures struct {
	ids    map[string]int // by the structure written out
	text   []byte         // of a structure
	data   []byte         // texts of the leaves
	leaves []jsonshape.Leaf
}

// take makes a value the current one and returns its shape, -1 if that is not
// remembered.
func (s *structures) take(v evaluator.Value) int {
	s.text, s.data, s.leaves = s.text[:0], s.data[:0], s.leaves[:0]
	s.walk(v)
	id, known := s.ids[string(s.text)]
	switch {
	case known:
		return id
	case len(s.ids) >= maxStructures:
		return jsonshape.Unknown
	case s.ids == nil:
		s.ids = map[string]int{}
	}
	id = len(s.ids)
	s.ids[string(s.text)] = id
	return id
}

func (s *structures) walk(v evaluator.Value) {
	switch k := v.Kind(); k {
	case evaluator.List:
		items := v.Items()
		s.text = binary.AppendUvarint(append(s.text, '['), uint64(len(items)))
		if len(items) == 0 {
			s.leaf(jsonshape.EmptyList, "")
		}
		for _, item := range items {
			s.walk(item)
		}
	case evaluator.Object:
		members := v.Members()
		s.text = binary.AppendUvarint(append(s.text, '{'), uint64(len(members)))
		if len(members) == 0 {
			s.leaf(jsonshape.EmptyObject, "")
		}
		for i := range members {
			s.text = append(binary.AppendUvarint(s.text, uint64(len(members[i].Name))), members[i].Name...)
			s.walk(members[i].Value)
		}
	default:
		s.text = append(s.text, byte(k))
		s.leaf(leafKind(k), v.Text())
	}
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
