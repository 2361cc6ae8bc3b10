package matcher

import "strings"

// LineSet is lines of which texts are made, each once, with what matchers have found in
// them. It belongs to one goroutine.
type LineSet struct {
	lines []string // without their ends
	found map[*Matcher][][]int32
	holds map[string][]holding // words, and which lines have them
}

// holding says whether a line has a word, as far as it was asked.
type holding uint8

const (
	notAsked holding = iota
	isThere
	isNot
)

// linedText is a text that is made of lines of a set, with ends of lines between them. The
// whole text is only asked for where the lines do not decide.
type linedText struct {
	*LineSet
	of    []uint32
	whole func() string
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
	hits = m.list(hits, kind, "", &linedText{of, lines, whole}, s)
	s.buffer.release()
	return hits
}

// has reports whether a line has a word, which is found out once.
func (x *LineSet) has(line uint32, word string) bool {
	known := x.holds[word]
	if known == nil {
		if x.holds == nil {
			x.holds = map[string][]holding{}
		}
		known = make([]holding, len(x.lines))
		x.holds[word] = known
	}
	if known[line] == notAsked {
		if known[line] = isNot; strings.Contains(x.lines[line], word) {
			known[line] = isThere
		}
	}
	return known[line] == isThere
}

// findLines is find for a text that is made of lines. Those in which no match begins, and into
// which none goes on, are not looked at: most expressions over many lines begin with a word
// that one of them has. known is false for an expression of which that cannot be told, too.
func (a *automaton) findLines(text *linedText) (found, known bool) {
	if a.prefix == "" || a.asserts || strings.Contains(a.prefix, "\n") {
		return false, false
	}
	a.restarts = 0
	state := int32(0)
	for i, line := range text.of {
		if i > 0 && state != 0 {
			if state = a.feed("\n", state); state < 0 {
				return state == match, state != unknown
			}
		}
		if state == 0 && !text.has(line, a.prefix) {
			continue
		}
		if state = a.feed(text.lines[line], state); state < 0 {
			return state == match, state != unknown
		}
	}
	state = a.to(state, int32(a.classes))
	return state == match, state != unknown
}
