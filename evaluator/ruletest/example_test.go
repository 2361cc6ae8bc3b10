package ruletest_test

import (
	"context"
	"fmt"

	"github.com/socctl/socctl/evaluator/adequacy"
	"github.com/socctl/socctl/evaluator/ruletest"
)

// Tests of rules are run, and it is measured what they show.
func Example_tests() {
	suite, problems := ruletest.Load(ruletest.LoadOptions{Paths: []string{"../../rules/starter"}})
	result := ruletest.Run(context.Background(), suite, ruletest.RunOptions{Keep: true})
	for _, c := range result.Cases {
		if c.Status != ruletest.Pass {
			fmt.Println(c.Case.ID, c.Status, c.Message)
		}
	}
	covered := adequacy.Cover(result.Program, adequacy.Subjects(result), 2, nil) // two workers, the built-in views
	total := adequacy.Total(covered)
	fmt.Println(len(problems), "problems,", len(result.Cases), "tests,", total.Decisive, "of", total.Parts, "parts decide")
	// Output: 0 problems, 306 tests, 320 of 824 parts decide
}
