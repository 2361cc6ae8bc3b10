package backtest_test

import (
	"context"
	"fmt"
	"log"

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
