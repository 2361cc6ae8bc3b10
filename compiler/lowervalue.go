package compiler

import (
	"net/netip"
	"strings"

	"github.com/socctl/socctl/rules"
)

func (l *lowerer) exists(v *rules.Scalar) []Predicate {
	if v.Kind != rules.BoolScalar {
		l.errorf("value/wrong-type", v.Span, "exists takes true or false, found "+describe(v), "")
		return nil
	}
	return []Predicate{{Op: OpExists, Bool: v.Bool()}}
}

func (l *lowerer) null(c *chain, v *rules.Scalar) []Predicate {
	if c.textual() || c.cidr || c.fieldref {
		return l.wrongType(c, v, "a value")
	}
	return []Predicate{{Op: OpNull}}
}

func (l *lowerer) compare(c *chain, v *rules.Scalar) []Predicate {
	n, ok := ParseNumber(v.DecimalText())
	if v.Kind != rules.IntScalar && v.Kind != rules.FloatScalar || !ok {
		return l.wrongType(c, v, "a number without quotes")
	}
	return []Predicate{{Op: OpCompare, Relation: c.relation, Number: n}}
}

func (l *lowerer) timePart(c *chain, v *rules.Scalar) []Predicate {
	n, ok := ParseNumber(v.DecimalText())
	if v.Kind != rules.IntScalar || !ok {
		return l.wrongType(c, v, "an integer")
	}
	if low, high := partRange(c.part); n.Compare(low) < 0 || n.Compare(high) > 0 {
		l.warnf("value/out-of-range", v.Span, "no "+c.part.String()+" is ever "+v.Text, "it ranges from "+low.String()+" to "+high.String())
	}
	return []Predicate{{Op: OpTime, Part: c.part, Relation: c.relation, Number: n}}
}

func partRange(p TimePart) (low, high Number) {
	bounds := [...][2]string{Minute: {"0", "59"}, Hour: {"0", "23"}, Day: {"1", "31"}, Week: {"1", "53"}, Month: {"1", "12"}, Year: {"0", "9999"}}[p]
	low, _ = ParseNumber(bounds[0])
	high, _ = ParseNumber(bounds[1])
	return low, high
}

func (l *lowerer) fieldRef(c *chain, v *rules.Scalar) []Predicate {
	if v.Kind != rules.StringScalar {
		return l.wrongType(c, v, "the name of a field")
	}
	name, ok := ParsePattern(v.Text).plain()
	if !ok || name == "" {
		return l.wrongType(c, v, "the name of a field without wildcards")
	}
	return []Predicate{{Op: OpFieldRef, Ref: name, Anchor: c.anchor, Cased: c.cased}}
}

func (l *lowerer) cidr(v *rules.Scalar) []Predicate {
	network, err := netip.ParsePrefix(v.Text)
	if addr, e := netip.ParseAddr(v.Text); e == nil {
		network, err = netip.PrefixFrom(addr, addr.BitLen()), nil
	}
	if err != nil || v.Kind != rules.StringScalar {
		l.errorf("value/cidr-invalid", v.Span, "no network: "+describe(v), "write an address with a prefix length, for example 10.0.0.0/8")
		return nil
	}
	if network.Masked() != network {
		l.warnf("value/cidr-host-bits", v.Span, "network "+v.Text+" has host bits set", "write "+network.Masked().String())
	}
	return []Predicate{{Op: OpCIDR, Prefix: unmapped(network.Masked())}}
}

// unmapped turns a network of mapped IPv4 addresses into the IPv4 network.
func unmapped(p netip.Prefix) netip.Prefix {
	if p.Addr().Is4In6() && p.Bits() >= 96 {
		return netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
	}
	return p
}

func (l *lowerer) regex(c *chain, v *rules.Scalar) []Predicate {
	var out []Predicate
	for _, expr := range l.expanded(c, v, regexForm) {
		re, err := compileRegex(expr, c.flags["i"], c.flags["m"], c.flags["s"])
		if err != nil {
			l.regexProblem(v, err)
			continue
		}
		out = append(out, Predicate{Op: OpRegex, Regex: re})
	}
	return out
}

func (l *lowerer) regexProblem(v *rules.Scalar, err error) {
	at, help := v.Span, ""
	if e, ok := err.(*regexError); ok {
		help = e.help
		if i := strings.Index(v.Text, e.part); i >= 0 && e.part != "" {
			at = v.At(i, i+len(e.part))
		}
	}
	l.errorf("value/regex-invalid", at, err.Error(), help)
}

// text lowers a value that is compared as text: transforms from left to right,
// then the anchor (D19, D23 to D26).
func (l *lowerer) text(c *chain, v *rules.Scalar) []Predicate {
	if v.Kind != rules.StringScalar && (c.cased || len(c.transforms) > 0) {
		return l.wrongType(c, v, "a string")
	}
	var out []Predicate
	for _, text := range l.expanded(c, v, patternForm) {
		patterns := []Pattern{ParsePattern(text)}
		substring := false
		for _, m := range c.transforms {
			if patterns = l.transform(m, patterns, v); patterns == nil {
				return nil
			}
			substring = substring || m.Name == "base64offset"
		}
		for _, p := range patterns {
			out = append(out, Predicate{Op: OpText, Pattern: c.anchored(p, substring).finished(c.cased)})
		}
	}
	return out
}

// anchored adds the wildcards of the anchor. Keywords are found anywhere in a
// value, and so are the fragments of base64offset (D17, D25).
func (c *chain) anchored(p Pattern, substring bool) Pattern {
	switch {
	case c.anchor == AtStart:
		return p.unanchored(false, true)
	case c.anchor == AtEnd:
		return p.unanchored(true, false)
	case c.anchor == Anywhere || substring || c.item.Keywords():
		return p.unanchored(true, true)
	}
	return p
}

func (l *lowerer) transform(m rules.Modifier, patterns []Pattern, v *rules.Scalar) []Pattern {
	var out []Pattern
	for _, p := range patterns {
		if m.Name == "windash" {
			out = append(out, p.windash())
			continue
		}
		variants := p.dashVariants()
		if variants == nil {
			l.errorf("schema/limit", v.Span, "too many dashes for "+m.Name+" behind windash", "split the value")
			return nil
		}
		for _, variant := range variants {
			plain, ok := variant.plain()
			if !ok {
				l.errorf("value/modifier-conflict", v.Span, "modifier "+m.Name+" needs plain text, but the value has wildcards",
					`escape them: \* and \?`)
				return nil
			}
			for _, text := range encode(m.Name, plain) {
				out = append(out, literalPattern(text))
			}
		}
	}
	return out
}
