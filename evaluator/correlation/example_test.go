package correlation_test

import (
	"fmt"
	"slices"
	"testing/fstest"
	"time"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/correlation"
	"github.com/socctl/socctl/rules"
)

const guessing = `
title: Failed Logon
name: failed_logon
logsource: {product: acme}
detection:
    selection: {action: logon, result: failure}
    condition: selection
---
title: Password Guessing
correlation:
    type: event_count
    rules: [failed_logon]
    group-by: [user]
    timespan: 5m
    condition: {gte: 3}
`

// A service is stopped between two matches of one alert, and started again.
func Example_state() {
	set, _ := rules.Load(fstest.MapFS{"rules.yml": {Data: []byte(guessing)}})
	program, _ := compiler.Compile(set, compiler.Options{})
	start := time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)
	ev := evaluator.New(program)
	failure := evaluator.Map{"action": "logon", "result": "failure", "user": "alice"}
	feed := func(engine *correlation.Engine, minute int) {
		for _, m := range ev.Match(failure) {
			engine.Add(correlation.Hit{Rule: slices.Index(program.Rules, m.Rule), Time: start.Add(time.Duration(minute) * time.Minute), Event: failure, Seq: uint64(minute)})
		}
	}
	alert := func(a *correlation.Alert) {
		fmt.Println(a.Correlation.Title, "of", a.Group[0].Value, "at", a.Time.Format("15:04"))
	}
	before := correlation.New(program, correlation.Options{}, alert)
	feed(before, 0)
	feed(before, 1)
	state, err := before.State() // without Close, which would end all windows
	if err != nil {
		fmt.Println(err)
	}

	after := correlation.New(program, correlation.Options{}, alert)
	unknown, err := after.Load(state)
	if err != nil {
		fmt.Println(err) // damaged, or of another version: after is as new, and goes on without it
	}
	feed(after, 2)
	fmt.Println(unknown, "correlations are no longer there")
	// Output:
	// Password Guessing of alice at 09:02
	// 0 correlations are no longer there
}

// State that an earlier version has written is refused, not guessed at.
func Example_olderState() {
	engine := correlation.New(&compiler.Program{}, correlation.Options{}, nil)
	_, err := engine.Load([]byte(`{"version": 2}`))
	fmt.Println(err)
	// Output: state of version 2, want 3: start without it
}
