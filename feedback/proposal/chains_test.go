package proposal

import (
	"testing"
	"time"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/rules"
)

// Recorded telemetry delivers events of the same time in an order that says nothing; Order
// is theirs, as for a backtest.
func TestChainsGoByTheOrderOfRecordings(t *testing.T) {
	docs, diags := rules.Parse("r.yml", []byte(`title: a
name: a
logsource: {product: p}
detection: {s: {k: a}, condition: s}
---
title: b
name: b
logsource: {product: p}
detection: {s: {k: b}, condition: s}
---
title: b behind a
correlation: {type: temporal_ordered, rules: [a, b], timespan: 1m}
`))
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	set, _ := rules.Assemble(docs)
	p, _ := compiler.Compile(set, compiler.Options{})
	hit := func(rule int, order uint64) *backtest.Hit {
		return &backtest.Hit{Time: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), Order: order, Matches: []evaluator.Match{{Rule: p.Rules[rule]}}}
	}
	x := newChains(p)
	for _, h := range []*backtest.Hit{hit(1, 2<<32+1), hit(0, 2<<32)} {
		x.add(h, "", nil, evaluator.Map{})
	}
	if raised := x.close(); len(raised) != 1 {
		t.Errorf("%d alerts, want 1", len(raised))
	}
}
