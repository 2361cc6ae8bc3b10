package reference

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/rules"
)

// network is true for the text of an address within a network (D28).
func network(i *rules.Item, s rules.Scalar, placeholders map[string][]string) (matcher, error) {
	if s.Kind != rules.StringScalar {
		return nil, fmt.Errorf("cidr takes a network, found %q", s.Text)
	}
	texts, err := expandedTexts(i, s, placeholders)
	if err != nil {
		return nil, err
	}
	networks, err := each(texts, parseNetwork)
	return func(v evaluator.Value) bool {
		address, err := netip.ParseAddr(v.Text())
		if err != nil {
			return false
		}
		address = address.WithZone("").Unmap()
		for _, n := range networks {
			if n.Contains(address) {
				return true
			}
		}
		return false
	}, err
}

// parseNetwork reads a network, or an address as the network of itself alone.
// Bits behind the prefix do not count, and IPv4 written as IPv6 is IPv4.
func parseNetwork(s string) (netip.Prefix, error) {
	if !strings.Contains(s, "/") {
		address, err := netip.ParseAddr(s)
		address = address.WithZone("").Unmap()
		return netip.PrefixFrom(address, address.BitLen()), err
	}
	n, err := netip.ParsePrefix(s)
	if err == nil && n.Addr().Is4In6() && n.Bits() >= 96 {
		return netip.PrefixFrom(n.Addr().Unmap(), n.Bits()-96).Masked(), nil
	}
	return n.Masked(), err
}
