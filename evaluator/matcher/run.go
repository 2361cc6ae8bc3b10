package matcher

import (
	"regexp/syntax"
	"unicode/utf8"
)

// minRun is the least length of a run that is counted.
const minRun = 16

// run is an expression that asks for many code points of one class in a row,
// such as .{1000,}: as an automaton it would have as many states. It may ask for them
// at the end of the text, as $ does: before a newline that ends it, too.
type run struct {
	length int
	ascii  [utf8.RuneSelf]bool
	class  *syntax.Prog
	last   bool // they are the last ones
	beside bool // a newline may be behind them
}

// newRun returns nil if an expression is something else.
func newRun(tree *syntax.Regexp) *run {
	tree = uncaptured(tree)
	r := &run{}
	if tree.Op == syntax.OpConcat {
		if tree = r.anchored(tree.Sub); tree == nil {
			return nil
		}
	}
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
	r.length, r.class = tree.Min, prog
	for c := range r.ascii {
		r.ascii[c] = r.holds(rune(c))
	}
	return r
}

// anchored returns what of a concatenation must stand at the end of a text; nil if it asks for
// anything else.
func (r *run) anchored(parts []*syntax.Regexp) *syntax.Regexp {
	if end := len(parts) - 1; parts[end].Op != syntax.OpEndText {
		return nil
	}
	switch newline := uncaptured(parts[1]); {
	case len(parts) == 2:
	case len(parts) == 3 && newline.Op == syntax.OpQuest && newline.Sub[0].Op == syntax.OpLiteral && string(newline.Sub[0].Rune) == "\n":
		r.beside = true
	default:
		return nil
	}
	r.last = true
	if first := uncaptured(parts[0]); first.Op == syntax.OpRepeat && first.Max < 0 {
		return first
	}
	return nil
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
	if r.last {
		return r.ends(text) || r.beside && text[len(text)-1] == '\n' && r.ends(text[:len(text)-1])
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

// ends reports whether text ends with a run that is long enough.
func (r *run) ends(text string) bool {
	for n := 0; n < r.length; n++ {
		if text == "" {
			return false
		}
		size := 1
		if c := text[len(text)-1]; c < utf8.RuneSelf {
			if !r.ascii[c] {
				return false
			}
		} else {
			var wide rune
			if wide, size = utf8.DecodeLastRuneInString(text); !r.holds(wide) {
				return false
			}
		}
		text = text[:len(text)-size]
	}
	return true
}
