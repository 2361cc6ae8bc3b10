package solver

import (
	"strings"

	"github.com/socctl/socctl/compiler"
)

// simplePair decides two literals on texts that are anchored or not, without
// wildcards inside: almost all that rules hold. a is wanted. easy is false if it
// cannot.
func (s *Solver) simplePair(a, b literal) (easy, sat bool) {
	p, q := s.atoms[a.atom].predicate, s.atoms[b.atom].predicate
	if p.Op != compiler.OpText || q.Op != compiler.OpText || p.Pattern.Cased() != q.Pattern.Cased() {
		return false, false
	}
	anchor, texts, ok1 := p.Pattern.Simple()
	other, others, ok2 := q.Pattern.Simple()
	if !ok1 || !ok2 || len(texts) != 1 || len(others) != 1 {
		return false, false
	}
	if b.sign {
		return true, meet(anchor, texts[0], other, others[0])
	}
	return true, !covers(other, others[0], anchor, texts[0])
}

// meet reports whether a text satisfies both.
func meet(a compiler.Anchor, x string, b compiler.Anchor, y string) bool {
	switch {
	case a == compiler.Whole:
		return fits(b, y, x)
	case b == compiler.Whole:
		return fits(a, x, y)
	case a == compiler.AtStart && b == compiler.AtStart:
		return strings.HasPrefix(x, y) || strings.HasPrefix(y, x)
	case a == compiler.AtEnd && b == compiler.AtEnd:
		return strings.HasSuffix(x, y) || strings.HasSuffix(y, x)
	}
	return true
}

// covers reports whether every text that satisfies the second satisfies the first.
func covers(a compiler.Anchor, x string, b compiler.Anchor, y string) bool {
	switch {
	case x == "" && a != compiler.Whole:
		return true
	case b == compiler.Whole:
		return fits(a, x, y)
	case a == compiler.Anywhere:
		return strings.Contains(y, x)
	case a == compiler.AtStart && b == compiler.AtStart:
		return strings.HasPrefix(y, x)
	case a == compiler.AtEnd && b == compiler.AtEnd:
		return strings.HasSuffix(y, x)
	}
	return false
}

// fits reports whether one text has another one at an anchor.
func fits(a compiler.Anchor, part, text string) bool {
	switch a {
	case compiler.Anywhere:
		return strings.Contains(text, part)
	case compiler.AtStart:
		return strings.HasPrefix(text, part)
	case compiler.AtEnd:
		return strings.HasSuffix(text, part)
	}
	return part == text
}
