package solver

import (
	"regexp/syntax"
	"slices"
)

// regex is the automaton of a regular expression that may match anywhere in a
// text. A set begins with what stood before, on which \b, ^ and $ depend, and
// then lists the instructions that are next.
type regex struct {
	prog    *syntax.Prog
	visited []bool
	stack   []uint32
}

// What a set can begin with.
const (
	atStart uint16 = iota
	afterWord
	afterOther
	afterNewline
	matched // the expression has matched
)

// before holds a rune for each of them.
var before = [...]rune{atStart: -1, afterWord: 'a', afterOther: ' ', afterNewline: '\n'}

// maxInstructions bounds the size of an expression.
const maxInstructions = 4_000

// newRegex returns nil for an expression that is too large.
func newRegex(expr string) *regex {
	tree, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return nil
	}
	prog, err := syntax.Compile(tree.Simplify())
	if err != nil || len(prog.Inst) > maxInstructions {
		return nil
	}
	return &regex{prog: prog, visited: make([]bool, len(prog.Inst))}
}

func (x *regex) start() []uint16 { return []uint16{atStart} }

// closure returns the instructions that read a rune, or match, and can be
// reached from a set between two runes.
func (x *regex) closure(set []uint16, r1, r2 rune) (reached []uint32, match bool) {
	flags := syntax.EmptyOpContext(r1, r2)
	clear(x.visited)
	x.stack = append(x.stack[:0], uint32(x.prog.Start))
	for _, pc := range set[1:] {
		x.stack = append(x.stack, uint32(pc))
	}
	for len(x.stack) > 0 {
		pc := x.stack[len(x.stack)-1]
		x.stack = x.stack[:len(x.stack)-1]
		if x.visited[pc] {
			continue
		}
		x.visited[pc] = true
		switch inst := &x.prog.Inst[pc]; inst.Op {
		case syntax.InstAlt, syntax.InstAltMatch:
			x.stack = append(x.stack, inst.Out, inst.Arg)
		case syntax.InstCapture, syntax.InstNop:
			x.stack = append(x.stack, inst.Out)
		case syntax.InstEmptyWidth:
			if syntax.EmptyOp(inst.Arg)&^flags == 0 {
				x.stack = append(x.stack, inst.Out)
			}
		case syntax.InstMatch:
			match = true
		case syntax.InstFail:
		default:
			reached = append(reached, pc)
		}
	}
	return reached, match
}

func (x *regex) step(set []uint16, r rune) []uint16 {
	reached, match := x.closure(set, before[set[0]], r)
	if match {
		return []uint16{matched}
	}
	next := []uint16{context(r)}
	for _, pc := range reached {
		if inst := &x.prog.Inst[pc]; inst.MatchRune(r) {
			next = append(next, uint16(inst.Out))
		}
	}
	slices.Sort(next[1:])
	return next[:1+len(slices.Compact(next[1:]))]
}

func context(r rune) uint16 {
	switch {
	case r == '\n':
		return afterNewline
	case syntax.IsWordChar(r):
		return afterWord
	}
	return afterOther
}

func (x *regex) accepts(set []uint16) bool {
	if set[0] == matched {
		return true
	}
	_, match := x.closure(set, before[set[0]], -1)
	return match
}

func (x *regex) sure(set []uint16) bool { return set[0] == matched }

func (x *regex) symbols(a *alphabet) {
	a.sensitive = true
	a.between('0', '9')
	a.between('A', 'Z')
	a.between('_', '_')
	a.between('a', 'z')
	a.between('\n', '\n')
	for i := range x.prog.Inst {
		inst := &x.prog.Inst[i]
		switch inst.Op {
		case syntax.InstRune, syntax.InstRune1:
			if len(inst.Rune) == 1 {
				if syntax.Flags(inst.Arg)&syntax.FoldCase != 0 {
					orbit(inst.Rune[0], a.exact)
				} else {
					a.exact(inst.Rune[0])
				}
				continue
			}
			for k := 0; k+1 < len(inst.Rune); k += 2 {
				a.between(inst.Rune[k], inst.Rune[k+1])
			}
		}
	}
}
