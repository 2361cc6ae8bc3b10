package proof

import "github.com/socctl/socctl/compiler"

// Replaces returns whether a rule that covers another one can stand in for it: it
// raises alerts itself, and no correlation refers to the other one, which would
// count its matches no longer.
func Replaces(p *compiler.Program) func(wide, narrow *compiler.Rule) bool {
	feeds := map[*compiler.Rule]bool{}
	for _, c := range p.Correlations {
		for _, in := range c.Inputs {
			if in.Rule >= 0 {
				feeds[p.Rules[in.Rule]] = true
			}
		}
	}
	return func(wide, narrow *compiler.Rule) bool { return wide.Alerts && !feeds[narrow] }
}
