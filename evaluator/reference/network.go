package reference

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/rules"
)

// network is true for the text of an address within a network (D28).
func network(s rules.Scalar) (matcher, error) {
	if s.Kind != rules.StringScalar {
		return nil, fmt.Errorf("cidr takes a network, found %q", s.Text)
	}
	n, err := parseNetwork(s.Text)
	return func(v evaluator.Value) bool {
		address, err := netip.ParseAddr(v.Text())
		if err != nil {
			return false
		}
		return n.Contains(address.WithZone("").Unmap())
	}, err
}

// parseNetwork reads a network, or an address as the network of itself alone.
// IPv4 written as IPv6 is IPv4. Bits behind the prefix stay: Contains ignores them.
func parseNetwork(s string) (netip.Prefix, error) {
	if !strings.Contains(s, "/") {
		address, err := netip.ParseAddr(s)
		address = address.WithZone("").Unmap()
		return netip.PrefixFrom(address, address.BitLen()), err
	}
	n, err := netip.ParsePrefix(s)
	if err == nil && n.Addr().Is4In6() && n.Bits() >= 96 {
		return netip.PrefixFrom(n.Addr().Unmap(), n.Bits()-96), nil
	}
	return n, err
}
