package backtest

import (
	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
)

// Contexts tells the root causes of alerts of the rules of a program, as results
// do. It is for one goroutine.
type Contexts struct {
	program *compiler.Program
	ev      *evaluator.Evaluator
	rules   map[*compiler.Rule]ruleInfo
	causes  contexts
}

// NewContexts returns the Contexts of a program.
func NewContexts(p *compiler.Program) *Contexts {
	return &Contexts{program: p, ev: evaluator.New(p), rules: map[*compiler.Rule]ruleInfo{}}
}

// Of returns the fingerprint of the root cause of a match: that of Sample.Context
// and Cause.Fingerprint.
func (c *Contexts) Of(m evaluator.Match, event evaluator.Event, views []evaluator.View) string {
	info, known := c.rules[m.Rule]
	if !known {
		info.fields, info.ofAll = contextFields(m.Rule, c.program.Predicates)
		c.rules[m.Rule] = info
	}
	return c.causes.of(info.fields, info.ofAll, seenBy(c.ev, m, event, views)).key.String()
}
