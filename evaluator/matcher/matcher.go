// Package matcher decides all predicates of one field at once on one value.
//
// What a predicate means has one home, the function that New is given; a
// Matcher answers the same, for every value, in time linear in the value and
// hardly dependent on the number of predicates. Literals are decided by tables;
// whatever tables cannot decide they narrow down, by a literal that the text
// must contain, and the function confirms it.
package matcher

import (
	"math/bits"
	"slices"

	"github.com/socctl/socctl/compiler"
)

// Kind is the kind of a value as predicates see it.
type Kind = compiler.Kind

// The kinds.
const (
	String    = compiler.StringKind
	Number    = compiler.NumberKind
	Bool      = compiler.BoolKind
	Composite = compiler.CompositeKind
)

// Decide is the meaning of a predicate on one value. folded is
// compiler.Fold(text) for a text predicate that is not cased, and may be empty
// for any other.
type Decide = func(p *compiler.Predicate, kind Kind, text, folded string) bool

// Matcher decides the predicates of one field. It is immutable and safe for
// concurrent use. Within it, predicates go by their index in the sorted atoms.
type Matcher struct {
	predicates []compiler.Predicate
	atoms      []int32
	decide     Decide

	always []int32 // candidates on every value

	folds   bool // there is anything to look for in the folded text
	lists   lists
	equal   trie
	begin   trie
	end     trie
	ascii   grams // literals anywhere in the text
	wide    grams // the same, those that are not ASCII
	inLines bool  // none of ascii and wide has an end of a line
	scalar  scalars
	scalars bool // there are any
	reach   int  // see Reach

	unsure []uint64 // set of the candidates that are to be confirmed
	number []int32  // candidate -> its check, if it has one
	checks []check
	marks  int32 // candidates and marks there are
}

// check is how a candidate is confirmed: all marks must be set, and then the
// run, the automaton or decide has the word.
type check struct {
	marks   []int32 // they are set where a further literal is found
	run     *run
	machine func() *machine // made when it is needed first; nil if there can be none
	slot    int             // its place among the checks
}

// Scratch is reused memory. It belongs to one goroutine and serves any number
// of matchers; the zero value is ready to use.
type Scratch struct {
	hits   hits
	buffer buffer
	folded bool // buffer holds the current text
	lines  lines

	automata map[*Matcher][]*automaton
	kept     int // automata there are
}

// foldedText returns the folded form of the current text.
func (s *Scratch) foldedText(text string) string {
	if !s.folded {
		s.buffer.fold(text)
		s.folded = true
	}
	return s.buffer.text()
}

// maxAutomata bounds how many automata a Scratch keeps.
const maxAutomata = 256

// automaton returns an expression as an automaton; nil if that cannot be.
func (s *Scratch) automaton(m *Matcher, c *check) *automaton {
	own := s.automata[m]
	if own == nil || own[c.slot] == nil {
		machine := c.machine()
		if machine == nil {
			return nil
		}
		if s.kept++; s.automata == nil || s.kept > maxAutomata {
			s.automata, s.kept, own = map[*Matcher][]*automaton{}, 1, nil
		}
		if own == nil {
			own = make([]*automaton, len(m.checks))
			s.automata[m] = own
		}
		own[c.slot] = newAutomaton(machine)
	}
	return own[c.slot]
}

// New returns a matcher for those predicates whose indices are in atoms, each
// once. OpNull, OpExists and OpFieldRef cannot be among them: they are not
// about one value. decide settles what tables only narrow down.
func New(predicates []compiler.Predicate, atoms []int32, decide Decide) *Matcher {
	m := &Matcher{predicates: predicates, atoms: slices.Clone(atoms), decide: decide, number: make([]int32, len(atoms))}
	slices.Sort(m.atoms)
	m.unsure = make([]uint64, (len(m.atoms)+63)/64)
	m.marks = int32(len(m.unsure)) << 6
	b := builder{m, borrow()}
	defer b.give()
	for i := range m.atoms {
		b.add(int32(i))
	}
	b.finish()
	return m
}

// Match appends to hits the atoms that the value satisfies, each once, in
// ascending order. A text that is no UTF-8 is compared as it is; Match keeps no
// part of it. The time is linear in the text.
func (m *Matcher) Match(hits []int32, kind Kind, text string, s *Scratch) []int32 {
	m.candidates(kind, text, s)
	hits = m.list(hits, kind, text, nil, s)
	s.buffer.release()
	return hits
}

// candidates adds all that may hold.
func (m *Matcher) candidates(kind Kind, text string, s *Scratch) {
	s.folded = false
	s.hits.grow(int(m.marks))
	for _, i := range m.always {
		s.hits.add(i)
	}
	if m.scalars {
		m.scalar.match(kind, text, &s.hits)
	}
	if m.folds {
		m.texts(text, s)
	}
}

// Small reports whether the predicates are so few, and all decided by tables, that those
// that a value satisfies are a Set.
func (m *Matcher) Small() bool { return len(m.checks) == 0 && m.marks <= 64 }

// Set is predicates of a small matcher: for each a bit, the lowest for the first.
type Set uint64

// MatchSet is Match of a small matcher, as a set. Equal sets are of the same predicates.
func (m *Matcher) MatchSet(kind Kind, text string, s *Scratch) (set Set) {
	m.candidates(kind, text, s)
	s.buffer.release()
	if h := &s.hits; len(h.words) > 0 {
		set, h.words[0], h.sums[0] = Set(h.words[0]), 0, 0
	}
	return set
}

// AppendSet appends the atoms of a set, in ascending order.
func (m *Matcher) AppendSet(hits []int32, set Set) []int32 {
	for ; set != 0; set &= set - 1 {
		hits = append(hits, m.atoms[bits.TrailingZeros64(uint64(set))])
	}
	return hits
}

// texts adds what tables find in a text.
func (m *Matcher) texts(text string, s *Scratch) {
	b, l := &s.buffer, &m.lists
	byLine := m.inLines && len(text) >= worthLines
	if byLine && m.nowhereElse() {
		s.lines.byLine(m, text, &s.hits)
		return
	}
	b.fold(text)
	s.folded = true
	if list := m.equal.equal(b); list != 0 {
		s.hits.addList(l, list)
	}
	if len(m.begin.nodes) > 0 {
		m.begin.begins(b, &s.hits, l)
	}
	if len(m.end.nodes) > 0 {
		m.end.ends(b, &s.hits, l)
	}
	if byLine {
		s.lines.byLine(m, text, &s.hits)
		return
	}
	m.anywhere(b, &s.hits)
}

// nowhereElse reports whether literals may stand anywhere in a text, all of them.
func (m *Matcher) nowhereElse() bool {
	return len(m.equal.nodes)+len(m.begin.nodes)+len(m.end.nodes) == 0
}

// anywhere adds the literals that may stand anywhere in a text.
func (m *Matcher) anywhere(b *buffer, h *hits) {
	m.ascii.scan(b, h, &m.lists)
	if !b.ascii {
		m.wide.scan(b, h, &m.lists)
	}
}

// list appends the candidates that hold, and empties the set. Instead of a text there may be
// the lines that make it.
func (m *Matcher) list(out []int32, kind Kind, text string, lines *linedText, s *Scratch) []int32 {
	h := &s.hits
	for w := h.next(0); w >= 0; w = h.next(w + 1) {
		word := h.words[w]
		if w >= len(m.unsure) {
			h.words[w] = 0
			continue
		}
		for sure := ^m.unsure[w]; word != 0; word &= word - 1 {
			bit := bits.TrailingZeros64(word)
			n := int32(w<<6 | bit)
			if sure>>bit&1 != 0 || m.confirm(n, kind, text, lines, s) {
				out = append(out, m.atoms[n])
			}
		}
		h.words[w] = 0
	}
	clear(h.sums)
	return out
}

func (m *Matcher) confirm(n int32, kind Kind, text string, lines *linedText, s *Scratch) bool {
	c := &m.checks[m.number[n]]
	for _, mark := range c.marks {
		if !s.hits.has(mark) {
			return false
		}
	}
	var a *automaton
	if c.machine != nil {
		a = s.automaton(m, c)
	}
	if lines != nil {
		if a != nil {
			if found, known := a.findLines(lines); known {
				return found
			}
		}
		text = lines.whole()
	}
	if c.run != nil {
		return c.run.find(text)
	}
	if a != nil {
		if found, known := a.find(text); known {
			return found
		}
	}
	p := &m.predicates[m.atoms[n]]
	folded := ""
	if p.Op == compiler.OpText && !p.Pattern.Cased() {
		folded = s.foldedText(text)
	}
	return m.decide(p, kind, text, folded)
}

// Reach returns how many bytes of a string decide: of two that begin with the same
// ones, ASCII all of them, the same predicates hold. It is math.MaxInt if all may count.
func (m *Matcher) Reach() int { return m.reach }

// Size returns the bytes of the tables.
func (m *Matcher) Size() int {
	return 4*len(m.atoms) + 8*len(m.unsure) + 4*len(m.number) + 48*len(m.checks) + 4*len(m.always) + 4*len(m.lists.flat) + m.scalar.size() +
		m.equal.size() + m.begin.size() + m.end.size() + m.ascii.memory() + m.wide.memory()
}
