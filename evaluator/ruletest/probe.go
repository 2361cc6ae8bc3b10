package ruletest

import (
	"context"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/rules"
)

// Inline reports whether the events of the test stand in it, so that running it reads
// no file.
func (c *Case) Inline() bool { return len(c.sources) == 0 && !c.sequence && !c.recording.Present() }

// Probe runs tests of rules that are compiled already, as Run with RunOptions.Keep
// does: cases are Inline ones, of the rules that compiled knows, which are of the
// program. A nil normaliser has the built-in views.
func Probe(p *compiler.Program, compiled map[*rules.Rule]*compiler.Rule, cases []*Case, n *telemetry.Normaliser) []CaseResult {
	r := &run{ctx: context.Background(), options: RunOptions{Keep: true}, program: p, compiled: compiled, normaliser: n, result: &Result{Cases: make([]CaseResult, len(cases)), Program: p}}
	if r.normaliser == nil {
		r.normaliser = telemetry.NewNormaliser(nil)
	}
	w := &worker{run: r}
	r.first.Store(int64(len(cases)))
	for i, c := range cases {
		r.result.Cases[i] = CaseResult{Case: c, Status: Skipped, Span: c.Span}
		if c.Inline() {
			w.unit(unit{[]int{i}})
		}
	}
	return r.result.Cases
}
