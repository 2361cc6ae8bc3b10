package proposal

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/socctl/socctl/compiler"
)

// test returns a test of the rule under the filter: what was shown to go goes, and
// the nearest event that must stay is still told.
func (d *document) test(r *compiler.Rule, p *Proposal) string {
	var b strings.Builder
	fmt.Fprintf(&b, "rule: %s\ntests:\n", ruleName(r))
	event := func(name string, s *Sample, match bool) {
		fmt.Fprintf(&b, "    - name: %s\n      event:\n", quoted(name))
		for _, f := range slices.Sorted(maps.Keys(s.Values)) {
			fmt.Fprintf(&b, "          %s: %s\n", quoted(f), quoted(s.Values[f]))
		}
		fmt.Fprintf(&b, "      match: %v\n", match)
	}
	for i := range p.Samples[:min(1, len(p.Samples))] {
		event("filter "+d.id()[:8]+" hides what it was proposed for", &p.Samples[i], false)
	}
	if p.Nearest != nil {
		event("filter "+d.id()[:8]+" leaves the nearest attack alone", p.Nearest, true)
	}
	return b.String()
}
