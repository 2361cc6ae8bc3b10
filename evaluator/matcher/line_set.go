package matcher

// LineSet is lines of which texts are made, each once, with what matchers have found in
// them. It belongs to one goroutine.
type LineSet struct {
	lines []string // without their ends
	found map[*Matcher][][]int32
}

// NewLineSet returns a set of lines, which have no end of a line in them.
func NewLineSet(lines []string) *LineSet { return &LineSet{lines: lines} }

// MatchLines is Match of a text that is made of lines of a set, with ends of lines between
// them. The whole text is only asked for where the lines do not decide.
func (m *Matcher) MatchLines(hits []int32, kind Kind, of *LineSet, lines []uint32, whole func() string, s *Scratch) []int32 {
	if !m.folds || !m.inLines || !m.nowhereElse() || len(lines) < 2 {
		return m.Match(hits, kind, whole(), s)
	}
	// No number, address or boolean has more than one line.
	s.folded = false
	s.hits.grow(int(m.marks))
	for _, i := range m.always {
		s.hits.add(i)
	}
	known := of.found[m]
	if known == nil {
		if of.found == nil {
			of.found = map[*Matcher][][]int32{}
		}
		known = make([][]int32, len(of.lines))
		of.found[m] = known
	}
	for _, n := range lines {
		if known[n] == nil {
			known[n] = append([]int32{}, s.lines.scan(m, of.lines[n])...)
		}
		for _, candidate := range known[n] {
			s.hits.add(candidate)
		}
	}
	text := ""
	if m.undecided(&s.hits) {
		text = whole()
	}
	hits = m.list(hits, kind, text, s)
	s.buffer.release()
	return hits
}

// undecided reports whether the text has to confirm a candidate.
func (m *Matcher) undecided(h *hits) bool {
	for w := h.next(0); w >= 0 && w < len(m.unsure); w = h.next(w + 1) {
		if h.words[w]&m.unsure[w] != 0 {
			return true
		}
	}
	return false
}
