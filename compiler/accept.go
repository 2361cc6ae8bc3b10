package compiler

import (
	"net/netip"
	"strings"
)

// Kind is the kind of a value that is neither null nor a list of values, as far
// as predicates tell kinds apart.
type Kind uint8

// The kinds. CompositeKind is the compact JSON text of an object or an empty list.
const (
	StringKind Kind = iota
	NumberKind
	BoolKind
	CompositeKind
)

// Accepts decides the predicate on one value. folded must be Fold(text) for a
// text predicate that is not cased, and may be empty for any other. It is false
// for predicates that are about a whole field or two of them: OpNull, OpExists
// and OpFieldRef.
func (p *Predicate) Accepts(kind Kind, text, folded string) bool {
	switch p.Op {
	case OpText:
		return p.Pattern.Match(text, folded)
	case OpRegex:
		return p.Regex.Find(text)
	case OpCIDR:
		return kind == StringKind && within(p.Prefix, text)
	case OpNumber, OpCompare:
		n, ok := NumberOf(kind, text)
		return ok && p.Relation.Holds(n.Compare(p.Number))
	case OpBool:
		want := "false"
		if p.Bool {
			want = "true"
		}
		return kind == BoolKind && text == want || kind == StringKind && strings.EqualFold(text, want)
	case OpTime:
		part, ok := PartOf(p.Part, kind, text)
		return ok && p.Relation.Holds(part.Compare(p.Number))
	}
	return false
}

// Refers decides OpFieldRef on a value of the field and one of the other, both
// folded unless the predicate is cased (D30).
func (p *Predicate) Refers(text, other string) bool {
	switch p.Anchor {
	case Anywhere:
		return strings.Contains(text, other)
	case AtStart:
		return strings.HasPrefix(text, other)
	case AtEnd:
		return strings.HasSuffix(text, other)
	}
	return text == other
}

// NumberOf returns what a value means as a number: a number, or a string that
// is one from its first to its last character (D7). One that exceeds a float64 is
// larger, or smaller, than all others.
func NumberOf(kind Kind, text string) (Number, bool) {
	if kind != NumberKind && kind != StringKind {
		return Number{}, false
	}
	return parseNumber(text)
}

// within reports whether text is an address of the network. IPv4 addresses
// mapped into IPv6 count as IPv4, and zones are dropped (D28).
func within(network netip.Prefix, text string) bool {
	addr, err := netip.ParseAddr(text)
	return err == nil && network.Contains(addr.Unmap().WithZone(""))
}
