package matcher

import (
	"regexp/syntax"
	"unicode/utf8"
)

// minRun is the least length of a run that is counted.
const minRun = 16

// run is an expression that asks for many code points of one class in a row,
// such as .{1000,}: as an automaton it would have as many states.
type run struct {
	length int
	ascii  [utf8.RuneSelf]bool
	class  *syntax.Prog
}

// newRun returns nil if an expression is something else.
func newRun(tree *syntax.Regexp) *run {
	tree = uncaptured(tree)
	if tree.Op != syntax.OpRepeat || tree.Min < minRun {
		return nil
	}
	sub := uncaptured(tree.Sub[0])
	switch sub.Op {
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
	default:
		return nil
	}
	prog, err := syntax.Compile(sub)
	if err != nil {
		return nil
	}
	r := &run{length: tree.Min, class: prog}
	for c := range r.ascii {
		r.ascii[c] = r.holds(rune(c))
	}
	return r
}

func uncaptured(tree *syntax.Regexp) *syntax.Regexp {
	for tree.Op == syntax.OpCapture {
		tree = tree.Sub[0]
	}
	return tree
}

func (r *run) holds(c rune) bool { return r.class.Inst[r.class.Start].MatchRune(c) }

// find reports whether text has a run that is long enough.
func (r *run) find(text string) bool {
	if len(text) < r.length {
		return false
	}
	n := 0
	for i := 0; i < len(text) && n < r.length; {
		holds, size := false, 1
		if c := text[i]; c < utf8.RuneSelf {
			holds = r.ascii[c]
		} else {
			var wide rune
			wide, size = utf8.DecodeRuneInString(text[i:])
			holds = r.holds(wide)
		}
		i += size
		if n++; !holds {
			n = 0
		}
	}
	return n == r.length
}
