package evaluator

import (
	"net/netip"

	"github.com/socctl/socctl/compiler"
)

// satisfies decides a predicate on one element of a field.
func satisfies(p *compiler.Predicate, e *element) bool {
	if e.kind == Null {
		return false
	}
	folded := ""
	if p.Op == compiler.OpText && !p.Pattern.Cased() {
		folded = e.fold()
	}
	return p.Accepts(kindOf(e.kind), e.text, folded)
}

// refers decides whether one field's element equals or contains another's (D30).
func refers(p *compiler.Predicate, e, other *element) bool {
	switch {
	case e.kind == Null || other.kind == Null:
		return false
	case p.Cased:
		return p.Refers(e.text, other.text)
	}
	return p.Refers(e.fold(), other.fold())
}

func isAddress(text string) bool {
	_, err := netip.ParseAddr(text)
	return err == nil
}
