package evtx

// symbols numbers the names and texts of templates, so that scripts are the
// same for the same template wherever in a chunk it and its names stand.
type symbols struct {
	numbers map[string]uint32
	texts   []string
	bytes   int // of all texts
}

func (s *symbols) reset() {
	s.numbers = map[string]uint32{}
	s.texts, s.bytes = nil, 0
}

func (s *symbols) of(text []byte) uint32 {
	if n, ok := s.numbers[string(text)]; ok {
		return n
	}
	n := uint32(len(s.texts))
	own := string(text)
	s.texts = append(s.texts, own)
	s.numbers[own] = n
	s.bytes += len(own)
	return n
}

func (s *symbols) text(n uint32) string { return s.texts[n] }
