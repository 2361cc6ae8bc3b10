package matcher

import (
	"regexp/syntax"
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxProgram is how many instructions an expression may have that is run as an
// automaton.
const maxProgram = 4000

// machine is an expression as instructions over classes of code points that it
// cannot tell apart. It is immutable; its states are found while texts are
// read, and belong to a Scratch.
type machine struct {
	prog    *syntax.Prog
	bounds  []rune // where a class begins; the first one is 0
	ascii   [utf8.RuneSelf]uint8
	idle    [256]bool // bytes at which no match begins and that make no difference to what follows
	lone    int       // the only code point that is not idle if it is one byte, or -1
	prefix  string    // what every match begins with, if that is known and more than a byte; it is looked for instead of lone
	classes int       // one more stands for the end of the text
	least   int       // code points of the shortest match
	pinned  bool      // it matches only from the beginning of the text
	asserts bool      // it looks at what is around a place

	manyLines bool // there is the end of a line in prefix
}

// newMachine returns nil for what is better left to package regexp.
func newMachine(tree *syntax.Regexp) *machine {
	prog, err := syntax.Compile(tree.Simplify())
	if err != nil || len(prog.Inst) > maxProgram {
		return nil
	}
	m := &machine{prog: prog, bounds: boundaries(prog), least: shortest(tree), pinned: prog.StartCond()&syntax.EmptyBeginText != 0}
	if m.classes = len(m.bounds); m.classes > 250 {
		return nil
	}
	for c := range m.ascii {
		m.ascii[c] = uint8(m.class(rune(c)))
	}
	m.asserts = slices.ContainsFunc(prog.Inst, func(i syntax.Inst) bool { return i.Op == syntax.InstEmptyWidth })
	m.findIdle()
	if prefix, _ := prog.Prefix(); len(prefix) > 1 && !strings.ContainsRune(prefix, utf8.RuneError) { // which bytes that are no UTF-8 match
		m.prefix, m.manyLines = prefix, strings.Contains(prefix, "\n")
	}
	return m
}

// findIdle finds the bytes that lead from the first state to itself.
func (m *machine) findIdle() {
	m.lone = -1
	if m.asserts {
		return
	}
	a := newAutomaton(m)
	wide, busy := true, 0
	for class, from := range m.bounds {
		idle := a.step(0, class) == 0
		last := class+1 == len(m.bounds)
		if !idle {
			busy++
			wide = wide && !last && m.bounds[class+1] <= utf8.RuneSelf
			if from < utf8.RuneSelf && !last && m.bounds[class+1] == from+1 {
				m.lone = int(from)
			}
		}
	}
	if busy != 1 {
		m.lone = -1
	}
	for c := range m.idle {
		m.idle[c] = wide && c >= utf8.RuneSelf || c < utf8.RuneSelf && a.step(0, int(m.ascii[c])) == 0
	}
}

// shortest returns the least number of code points that an expression matches.
func shortest(re *syntax.Regexp) int {
	switch re.Op {
	case syntax.OpLiteral:
		return len(re.Rune)
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return 1
	case syntax.OpCapture, syntax.OpPlus:
		return shortest(re.Sub[0])
	case syntax.OpRepeat:
		return re.Min * shortest(re.Sub[0])
	case syntax.OpConcat:
		sum := 0
		for _, sub := range re.Sub {
			sum += shortest(sub)
		}
		return sum
	case syntax.OpAlternate:
		least := shortest(re.Sub[0])
		for _, sub := range re.Sub[1:] {
			least = min(least, shortest(sub))
		}
		return least
	}
	return 0
}

// boundaries returns the code points that begin a class: words, the newline,
// and whatever an instruction tells apart.
func boundaries(prog *syntax.Prog) []rune {
	bounds := []rune{0, '\n', '\n' + 1, '0', '9' + 1, 'A', 'Z' + 1, '_', '_' + 1, 'a', 'z' + 1}
	for i := range prog.Inst {
		inst := &prog.Inst[i]
		switch {
		case inst.Op != syntax.InstRune && inst.Op != syntax.InstRune1:
		case len(inst.Rune) == 1:
			bounds = append(bounds, inst.Rune[0], inst.Rune[0]+1)
			for r := unicode.SimpleFold(inst.Rune[0]); r != inst.Rune[0]; r = unicode.SimpleFold(r) {
				bounds = append(bounds, r, r+1)
			}
		default:
			for n := 0; n+1 < len(inst.Rune); n += 2 {
				bounds = append(bounds, inst.Rune[n], inst.Rune[n+1]+1)
			}
		}
	}
	slices.Sort(bounds)
	return slices.Compact(bounds)
}

// class returns the class of a code point.
func (m *machine) class(r rune) int {
	return sort.Search(len(m.bounds), func(i int) bool { return m.bounds[i] > r }) - 1
}

// What a transition leads to if not to a state.
const (
	unknown int32 = -1 - iota
	match
	fail
)

// automaton is a machine with the states that texts have led to.
type automaton struct {
	*machine
	next   []int32 // state + class -> state; states are multiples of the width, which is classes + 1
	states []string
	number map[string]int32 // of a state: the code point class before it and its instructions
	memory int

	restarts int // for the current text

	set, out []uint32 // instructions, while a transition is made
	seen     []uint32 // instruction -> round in which it was last met
	round    uint32
}

// maxMemory bounds the states of an automaton. With more it starts afresh, and
// gives up on a text that makes it do so often.
const (
	maxMemory   = 1 << 19
	maxRestarts = 4
)

func newAutomaton(m *machine) *automaton {
	a := &automaton{machine: m, seen: make([]uint32, len(m.prog.Inst))}
	a.restart()
	return a
}

func (a *automaton) restart() {
	a.next, a.states, a.number, a.memory = a.next[:0], a.states[:0], map[string]int32{}, 0
	a.state(a.context(-1), nil)
}

// What stands before a place in a text, as far as assertions can tell.
const (
	beginning byte = iota
	newline
	word
	other
)

// context returns what a code point is to the place behind it; -1 stands for
// the beginning of the text.
func (m *machine) context(r rune) byte {
	switch {
	case !m.asserts:
		return other
	case r < 0:
		return beginning
	case r == '\n':
		return newline
	case syntax.IsWordChar(r):
		return word
	}
	return other
}

// state returns the number of a state, which it makes if need be.
func (a *automaton) state(context byte, set []uint32) int32 {
	key := make([]byte, 1, 1+2*len(set))
	key[0] = context
	for _, pc := range set {
		key = append(key, byte(pc), byte(pc>>8))
	}
	if n, ok := a.number[string(key)]; ok {
		return n
	}
	n := int32(len(a.next))
	a.states = append(a.states, string(key))
	a.number[string(key)] = n
	for range a.classes + 1 {
		a.next = append(a.next, unknown)
	}
	a.memory += len(key) + 64 + 4*(a.classes+1)
	return n
}

// find reports whether the expression matches anywhere in text. known is false
// if that would take too many states.
func (a *automaton) find(text string) (found, known bool) {
	if len(text) < a.least {
		return false, true
	}
	a.restarts = 0
	state := a.feed(text, 0)
	if state >= 0 {
		state = a.to(state, int32(a.classes))
	}
	return state == match, state != unknown
}

// feed goes on from a state with a text, and returns the state behind it; unknown if that
// would take too many states.
func (a *automaton) feed(text string, state int32) int32 {
	for i := 0; i < len(text); {
		if state, i = a.run(text, state, i); state < 0 || i == len(text) {
			return state
		}
		class, size := a.classAt(text, i)
		if state = a.to(state, class); state < 0 {
			return state
		}
		i += size
	}
	return state
}

// to returns the state behind another and a class, which is found out if need be; unknown if
// that was necessary too often.
func (a *automaton) to(state, class int32) int32 {
	next := a.next[state+class]
	if next != unknown {
		return next
	}
	if a.memory > maxMemory {
		if a.restarts++; a.restarts > maxRestarts {
			return unknown
		}
		state = a.keepOnly(state)
	}
	next = a.step(state, int(class))
	a.next[state+class] = next
	return next
}

// run goes on with ASCII and transitions that are known, as far as it can.
func (a *automaton) run(text string, state int32, i int) (int32, int) {
	if state == 0 && !a.asserts {
		i = a.skip(text, i)
	}
	next := a.next
	for i < len(text) && text[i] < utf8.RuneSelf {
		to := next[state+int32(a.ascii[text[i]])]
		if to < 0 {
			if to != unknown {
				state = to
			}
			break
		}
		state = to
		if i++; state == 0 && !a.asserts {
			i = a.skip(text, i)
		}
	}
	return state, i
}

// skip returns the offset of the next byte that is not idle, or at which a match may begin.
func (a *automaton) skip(text string, i int) int {
	if a.prefix != "" {
		if n := strings.Index(text[i:], a.prefix); n >= 0 {
			return i + n
		}
		return len(text)
	}
	if a.lone >= 0 {
		if n := strings.IndexByte(text[i:], byte(a.lone)); n >= 0 {
			return i + n
		}
		return len(text)
	}
	for i < len(text) && a.idle[text[i]] {
		i++
	}
	return i
}

// classAt returns the class of what stands at an offset, and its size.
func (a *automaton) classAt(text string, i int) (class int32, size int) {
	if c := text[i]; c < utf8.RuneSelf {
		return int32(a.ascii[c]), 1
	}
	r, size := utf8.DecodeRuneInString(text[i:])
	return int32(a.class(r)), size
}

// keepOnly forgets all states but one, and the first.
func (a *automaton) keepOnly(state int32) int32 {
	key := a.states[int(state)/(a.classes+1)]
	a.restart()
	return a.state(key[0], instructions(key))
}

func instructions(key string) []uint32 {
	var set []uint32
	for i := 1; i < len(key); i += 2 {
		set = append(set, uint32(key[i])|uint32(key[i+1])<<8)
	}
	return set
}

// step makes a transition.
func (a *automaton) step(state int32, class int) int32 {
	key := a.states[int(state)/(a.classes+1)]
	last := [...]rune{beginning: -1, newline: '\n', word: 'a', other: ' '}[key[0]]
	r := rune(-1)
	if class < a.classes {
		r = a.bounds[class]
	}
	a.round++
	a.set, a.out = a.set[:0], a.out[:0]
	flags := syntax.EmptyOpContext(last, r)
	found := a.follow(uint32(a.prog.Start), flags)
	for i := 1; i < len(key); i += 2 {
		found = a.follow(uint32(key[i])|uint32(key[i+1])<<8, flags) || found
	}
	if found {
		return match
	}
	if r < 0 {
		return fail
	}
	a.round++
	for _, pc := range a.set {
		inst := &a.prog.Inst[pc]
		if to := inst.Out; inst.MatchRune(r) && a.seen[to] != a.round {
			a.seen[to] = a.round
			a.out = append(a.out, to)
		}
	}
	if a.pinned && len(a.out) == 0 {
		return fail
	}
	slices.Sort(a.out)
	return a.state(a.context(r), a.out)
}

// follow adds to set the instructions that read a code point and can be reached
// from pc without reading one. It reports whether the end can be.
func (a *automaton) follow(pc uint32, flags syntax.EmptyOp) bool {
	for a.seen[pc] != a.round {
		a.seen[pc] = a.round
		inst := &a.prog.Inst[pc]
		switch inst.Op {
		case syntax.InstMatch:
			return true
		case syntax.InstFail:
			return false
		case syntax.InstAlt, syntax.InstAltMatch:
			if a.follow(inst.Arg, flags) {
				return true
			}
		case syntax.InstEmptyWidth:
			if syntax.EmptyOp(inst.Arg)&^flags != 0 {
				return false
			}
		case syntax.InstRune, syntax.InstRune1, syntax.InstRuneAny, syntax.InstRuneAnyNotNL:
			a.set = append(a.set, pc)
			return false
		}
		pc = inst.Out
	}
	return false
}
