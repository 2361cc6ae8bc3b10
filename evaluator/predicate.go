package evaluator

import (
	"net/netip"
	"strings"

	"github.com/socctl/socctl/compiler"
)

// satisfies decides a predicate on one element of a field.
func satisfies(p *compiler.Predicate, e *element) bool {
	kind := e.kind
	if kind == Null {
		return false
	}
	switch p.Op {
	case compiler.OpText:
		if p.Pattern.Cased() {
			return p.Pattern.Match(e.text, "")
		}
		return p.Pattern.Match("", e.fold())
	case compiler.OpRegex:
		return p.Regex.Find(e.text)
	case compiler.OpCIDR:
		return kind == String && within(p.Prefix, e.text)
	case compiler.OpNumber, compiler.OpCompare:
		n, ok := number(e)
		return ok && p.Relation.Holds(n.Compare(p.Number))
	case compiler.OpBool:
		want := "false"
		if p.Bool {
			want = "true"
		}
		return kind == Bool && e.text == want || kind == String && strings.EqualFold(e.text, want)
	case compiler.OpTime:
		part, ok := timePart(p.Part, e)
		return ok && p.Relation.Holds(part.Compare(p.Number))
	}
	return false
}

// number returns what an element means as a number: a number, or a string that
// is one from its first to its last character (D7).
func number(e *element) (compiler.Number, bool) {
	if e.kind != Number && e.kind != String {
		return compiler.Number{}, false
	}
	return compiler.ParseNumber(e.text)
}

// within reports whether text is an address of the network. IPv4 addresses
// mapped into IPv6 count as IPv4, and zones are dropped (D28).
func within(network netip.Prefix, text string) bool {
	addr, err := netip.ParseAddr(text)
	return err == nil && network.Contains(addr.Unmap().WithZone(""))
}

// refers decides whether one field's element equals or contains another's (D30).
func refers(p *compiler.Predicate, e, other *element) bool {
	if e.kind == Null || other.kind == Null {
		return false
	}
	a, b := e.text, other.text
	if !p.Cased {
		a, b = e.fold(), other.fold()
	}
	switch p.Anchor {
	case compiler.Anywhere:
		return strings.Contains(a, b)
	case compiler.AtStart:
		return strings.HasPrefix(a, b)
	case compiler.AtEnd:
		return strings.HasSuffix(a, b)
	}
	return a == b
}

func isAddress(text string) bool {
	_, err := netip.ParseAddr(text)
	return err == nil
}
