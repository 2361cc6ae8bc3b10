package logic

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

// eachQuantifier calls do for every 1 of and all of in the conditions.
func eachQuantifier(p *lint.Pass, do func(*rules.Condition, *rules.Expr)) {
	if p.Detection == nil {
		return
	}
	for _, c := range p.Detection.Conditions {
		if c.Root == nil {
			continue
		}
		c.Root.Walk(func(e *rules.Expr) {
			if e.Op == rules.OneOf || e.Op == rules.AllOf {
				do(c, e)
			}
		})
	}
}
