package matcher

import "strings"

// LineSet is lines of which texts are made, each once, with what matchers have found in
// them. It belongs to one goroutine.
type LineSet struct {
	lines []string // without their ends
	found map[*Matcher]*lineFindings
	holds map[string][]holding // words, and which lines have them
}

// lineFindings is what a matcher has found in lines, as far as it was asked.
type lineFindings struct {
	all   []int32
	lines []lineFinding
}

// lineFinding is where in all begins what was found in a line, and one more than it is; zero
// if that is not known.
type lineFinding struct{ from, more uint32 }

// holding says whether a line has a word, as far as it was asked.
type holding uint8

const (
	notAsked holding = iota
	isThere
	isNot
)

// linedText is a text that is made of lines of a set, with ends of lines between them. The
// whole text is only asked for where the lines do not decide, and once.
type linedText struct {
	*LineSet
	of   []uint32
	make func() string // nil if text was made
	text string
}

// whole returns the text.
func (t *linedText) whole() string {
	if t.make != nil {
		t.text, t.make = t.make(), nil
	}
	return t.text
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
	known := of.findings(m)
	for _, n := range lines {
		l := &known.lines[n]
		if l.more == 0 {
			found := s.lines.scan(m, of.lines[n])
			*l = lineFinding{uint32(len(known.all)), uint32(len(found)) + 1}
			known.all = append(known.all, found...)
		}
		for _, candidate := range known.all[l.from : l.from+l.more-1] {
			s.hits.add(candidate)
		}
	}
	hits = m.list(hits, kind, "", &linedText{LineSet: of, of: lines, make: whole}, s)
	s.buffer.release()
	return hits
}

// findings returns what a matcher has found.
func (x *LineSet) findings(m *Matcher) *lineFindings {
	known := x.found[m]
	if known == nil {
		if x.found == nil {
			x.found = map[*Matcher]*lineFindings{}
		}
		known = &lineFindings{lines: make([]lineFinding, len(x.lines))}
		x.found[m] = known
	}
	return known
}

// holding returns which lines have a word, as far as that was asked.
func (x *LineSet) holding(word string) []holding {
	known := x.holds[word]
	if known == nil {
		if x.holds == nil {
			x.holds = map[string][]holding{}
		}
		known = make([]holding, len(x.lines))
		x.holds[word] = known
	}
	return known
}

// ask finds out whether a line has a word.
func (h *holding) ask(line, word string) bool {
	if *h == notAsked {
		if *h = isNot; strings.Contains(line, word) {
			*h = isThere
		}
	}
	return *h == isThere
}

// findLines is find for a text that is made of lines. Those in which no match begins, and into
// which none goes on, are not looked at: most expressions over many lines begin with a word
// that one of them has. known is false for an expression of which that cannot be told, too.
func (a *automaton) findLines(text *linedText) (found, known bool) {
	if a.prefix == "" || a.asserts || a.manyLines {
		return false, false
	}
	a.restarts = 0
	state, begin := int32(0), text.holding(a.prefix)
	for _, line := range text.of {
		if state > 0 { // which it is not before the first line
			state = a.feed("\n", state)
		}
		if state > 0 || state == 0 && begin[line].ask(text.lines[line], a.prefix) {
			state = a.feed(text.lines[line], state)
		}
		if state < 0 {
			return state == match, state != unknown
		}
	}
	state = a.to(state, int32(a.classes))
	return state == match, state != unknown
}
