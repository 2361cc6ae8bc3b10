package backtest_test

import (
	"context"
	"fmt"
	"log"
	"testing/fstest"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/rules"
)

// The starter rules over the starter recordings, as docs/backtest.md shows it.
func Example_replay() {
	set, _ := rules.LoadPaths("../../rules/starter/rules")
	prog, _ := compiler.Compile(set, compiler.Options{})
	replay := &backtest.Streaming{Recordings: []string{"../../rules/starter/recordings"}}
	result, err := backtest.Run(context.Background(), backtest.NewSubject(prog, nil), replay, backtest.Options{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(result.Summary.Alerts, "alerts of", result.Summary.Fired, "rules;", result.Summary.NotExercised, "were not exercised")
	// Output: 6 alerts of 6 rules; 50 were not exercised
}

// Two versions of rules are replayed at once, with what changes.
func Example_change() {
	load := func(switches string) *compiler.Program {
		set, _ := rules.Load(fstest.MapFS{"whoami.yml": {Data: []byte(`
title: Whoami
id: 5d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a1
logsource: {product: windows, category: process_creation}
detection:
    selection: {Image|endswith: '\whoami.exe', User|contains: ` + switches + `}
    condition: selection
`)}})
		program, _ := compiler.Compile(set, compiler.Options{})
		return program
	}
	subject := backtest.NewSubject(load("[SYSTEM, alice]"), load("nobody"))
	replay := &backtest.Streaming{Recordings: []string{"../../cmd/socctl/testdata/library.ndjson"}, Jobs: 1}
	result, err := backtest.Run(context.Background(), subject, replay, backtest.Options{})
	if err != nil {
		log.Fatal(err)
	}
	for _, r := range result.Rules {
		fmt.Println(r.Title, r.Change.Status, "gains", r.Change.Gained, "and loses", r.Change.Lost, "of", r.Events, "events")
	}
	// Output: Whoami changed gains 1 and loses 0 of 2 events
}
