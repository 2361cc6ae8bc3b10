package matcher

import (
	"encoding/binary"
	"net/netip"
	"strings"

	"github.com/socctl/socctl/compiler"
)

// scalars decides what is asked of numbers, addresses and booleans. The value
// is parsed once for all.
type scalars struct {
	numbers map[float64][]numberAtom // equality; numbers that are equal have equal floats
	compare []compareAtom
	v4      []networkAtom
	v6      []prefixAtom
	truth   [2][]int32 // of false and true
}

type numberAtom struct {
	number compiler.Number
	atom   int32
}

type compareAtom struct {
	number   compiler.Number
	relation compiler.Relation
	atom     int32
}

type networkAtom struct {
	base, mask uint32
	atom       int32
}

type prefixAtom struct {
	prefix netip.Prefix
	atom   int32
}

func (s *scalars) add(i int32, p *compiler.Predicate) {
	switch {
	case p.Op == compiler.OpCIDR && p.Prefix.Addr().Is4():
		address := p.Prefix.Addr().As4()
		mask := ^(^uint32(0) >> p.Prefix.Bits())
		s.v4 = append(s.v4, networkAtom{binary.BigEndian.Uint32(address[:]) & mask, mask, i})
	case p.Op == compiler.OpCIDR:
		s.v6 = append(s.v6, prefixAtom{p.Prefix, i})
	case p.Op == compiler.OpBool && p.Bool:
		s.truth[1] = append(s.truth[1], i)
	case p.Op == compiler.OpBool:
		s.truth[0] = append(s.truth[0], i)
	case p.Relation == compiler.Equal:
		if s.numbers == nil {
			s.numbers = map[float64][]numberAtom{}
		}
		f := p.Number.Float()
		s.numbers[f] = append(s.numbers[f], numberAtom{p.Number, i})
	default:
		s.compare = append(s.compare, compareAtom{p.Number, p.Relation, i})
	}
}

// any reports whether there is anything to decide.
func (s *scalars) any() bool {
	return s.numbers != nil || s.compare != nil || s.v4 != nil || s.v6 != nil || s.truth[0] != nil || s.truth[1] != nil
}

// match adds what the value satisfies.
func (s *scalars) match(kind Kind, text string, h *hits) {
	if s.numbers != nil || s.compare != nil {
		s.number(kind, text, h)
	}
	if (s.v4 != nil || s.v6 != nil) && kind == String {
		s.address(text, h)
	}
	for i, want := range [...]string{"false", "true"} {
		if s.truth[i] == nil || kind != Bool && kind != String || kind == Bool && text != want || kind == String && !strings.EqualFold(text, want) {
			continue
		}
		for _, atom := range s.truth[i] {
			h.add(atom)
		}
	}
}

func (s *scalars) number(kind Kind, text string, h *hits) {
	n, ok := compiler.NumberOf(kind, text)
	if !ok {
		return
	}
	for _, a := range s.numbers[n.Float()] {
		if n.Compare(a.number) == 0 {
			h.add(a.atom)
		}
	}
	for _, a := range s.compare {
		if a.relation.Holds(n.Compare(a.number)) {
			h.add(a.atom)
		}
	}
}

func (s *scalars) address(text string, h *hits) {
	if number, ok := parseIPv4(text); ok {
		s.address4(number, h)
		return
	}
	// The parser's errors take memory, so it sees only what looks right.
	if !startsLikeIPv6(text) {
		return
	}
	parsed, err := netip.ParseAddr(text)
	if err != nil {
		return
	}
	address := parsed.Unmap().WithZone("")
	if address.Is4() {
		bytes := address.As4()
		s.address4(binary.BigEndian.Uint32(bytes[:]), h)
		return
	}
	for _, a := range s.v6 {
		if a.prefix.Contains(address) {
			h.add(a.atom)
		}
	}
}

func (s *scalars) address4(number uint32, h *hits) {
	for _, a := range s.v4 {
		if number&a.mask == a.base {
			h.add(a.atom)
		}
	}
}

// parseIPv4 takes what netip.ParseAddr takes as IPv4: four decimal numbers
// without leading zeros.
func parseIPv4(text string) (uint32, bool) {
	if len(text) < 7 || len(text) > 15 {
		return 0, false
	}
	address, part, digits, dots := uint32(0), uint32(0), 0, 0
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c == '.' && digits > 0 && dots < 3 {
			address, part, digits = address<<8|part, 0, 0
			dots++
			continue
		}
		if c < '0' || c > '9' || digits > 0 && part == 0 {
			return 0, false
		}
		part = 10*part + uint32(c-'0')
		if digits++; part > 255 {
			return 0, false
		}
	}
	return address<<8 | part, dots == 3 && digits > 0
}

// startsLikeIPv6 reports whether text up to a zone holds nothing but the
// characters of an address, not more than the longest has, and enough colons.
func startsLikeIPv6(text string) bool {
	colons, double := 0, false
	for i := 0; i < len(text) && text[i] != '%'; i++ {
		c := text[i]
		if i >= 45 || !(c >= '0' && c <= ':' || c == '.' || c|0x20 >= 'a' && c|0x20 <= 'f') {
			return false
		}
		if c == ':' {
			colons++
			double = double || i > 0 && text[i-1] == ':'
		}
	}
	return double || colons >= 6
}

func (s *scalars) size() int {
	n := 12*len(s.v4) + 40*len(s.v6) + 40*len(s.compare) + 4*(len(s.truth[0])+len(s.truth[1]))
	for _, atoms := range s.numbers {
		n += 32 + 40*len(atoms)
	}
	return n
}
