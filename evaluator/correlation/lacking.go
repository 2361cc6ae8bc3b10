package correlation

import "github.com/socctl/socctl/compiler"

// Lacking is a field of group-by that matches did not have: they are one group, however little
// they have to do with each other.
type Lacking struct {
	Correlation *compiler.Correlation
	Field       string // as group-by calls it
	Matches     int    // without it
	Of          int    // that were grouped
}

// Lacking returns which fields of group-by matches did not have since the Engine was made, in
// the order of the correlations.
func (e *Engine) Lacking() (out []Lacking) {
	for _, n := range e.nodes {
		for i, matches := range n.lacking {
			if matches > 0 {
				out = append(out, Lacking{n.c, n.c.GroupBy[i], matches, n.grouped})
			}
		}
	}
	return out
}
