package solver

import (
	"encoding/binary"

	"github.com/socctl/socctl/compiler"
)

// automaton reads a text rune by rune in sets of positions.
type automaton interface {
	start() []uint16
	step(set []uint16, r rune) []uint16
	accepts(set []uint16) bool
	// sure reports whether a set accepts whatever follows.
	sure(set []uint16) bool
	// symbols adds the runes that it tells apart.
	symbols(a *alphabet)
}

// machine makes an automaton deterministic, as far as it is asked to, and
// remembers it. A dead machine is in state dead for good.
type machine struct {
	automaton automaton
	// exact says that the automaton accepts exactly the texts that satisfy the
	// predicate; otherwise it accepts more.
	exact  bool
	sets   [][]uint16
	index  map[string]int32
	next   map[int64]int32
	accept []bool
	sure   []bool
	spent  *int // what work counts to
}

const dead int32 = -1

// maxSets bounds the states that one machine may have.
const maxSets = 50_000

func newMachine(a automaton, exact bool) *machine {
	m := &machine{automaton: a, exact: exact, index: map[string]int32{}, next: map[int64]int32{}, spent: new(int)}
	m.state(a.start())
	return m
}

// state returns the number of a set.
func (m *machine) state(set []uint16) int32 {
	if len(set) == 0 {
		return dead
	}
	key := make([]byte, 0, 2*len(set))
	for _, p := range set {
		key = binary.LittleEndian.AppendUint16(key, p)
	}
	n, known := m.index[string(key)]
	if !known {
		n = int32(len(m.sets))
		m.index[string(key)] = n
		m.sets = append(m.sets, set)
		m.accept = append(m.accept, m.automaton.accepts(set))
		m.sure = append(m.sure, m.automaton.sure(set))
	}
	return n
}

// step returns the state behind a rune.
func (m *machine) step(state int32, r rune) int32 {
	if state == dead || m.sure[state] {
		return state
	}
	key := int64(state)<<32 | int64(r)
	n, known := m.next[key]
	if !known {
		*m.spent += 4 * len(m.sets[state])
		n = m.state(m.automaton.step(m.sets[state], r))
		m.next[key] = n
	}
	return n
}

func (m *machine) accepts(state int32) bool { return state != dead && m.accept[state] }

// machine returns the automaton of a predicate; nil if there is none.
func (s *Solver) machine(n int) *machine {
	a := &s.atoms[n]
	if a.machine != nil && len(a.machine.sets) > maxSets {
		a.machine = nil // made anew
	}
	if a.machine == nil {
		if a.machine = machineOf(a.predicate); a.machine != nil {
			a.machine.spent = &s.spent
		}
	}
	return a.machine
}

// The languages of texts that mean something else, from their beginning to
// their end. The truth lies within them.
const (
	numberForm  = `^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?\z`
	addressForm = `^([0-9]{1,3}(\.[0-9]{1,3}){3}|[0-9a-fA-F.]*:[0-9a-fA-F:.]*(%(?s:.)+)?)\z`
	timeForm    = `^([+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?|[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})?)\z`
)

func machineOf(p *compiler.Predicate) *machine {
	switch p.Op {
	case compiler.OpText:
		if g := newGlob(&p.Pattern); g != nil {
			return newMachine(g, true)
		}
	case compiler.OpRegex:
		if r := newRegex(p.Regex.String()); r != nil {
			return newMachine(r, true)
		}
	case compiler.OpBool:
		word := "false"
		if p.Bool {
			word = "true"
		}
		text := compiler.TextPredicate("", word, compiler.Whole, false)
		return newMachine(newGlob(&text.Pattern), true)
	case compiler.OpNumber, compiler.OpCompare:
		return newMachine(newRegex(numberForm), false)
	case compiler.OpCIDR:
		return newMachine(newRegex(addressForm), false)
	case compiler.OpTime:
		return newMachine(newRegex(timeForm), false)
	}
	return nil
}
