package trial_test

import (
	"context"
	"fmt"
	"time"

	"github.com/socctl/socctl/attack"
	"github.com/socctl/socctl/attack/coverage"
	"github.com/socctl/socctl/attack/coverage/trial"
	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/ruletest"
	"github.com/socctl/socctl/rules"
)

// What the rules can show for techniques of ATT&CK, by tags and tests alone.
func Example_coverage() {
	set, _ := rules.LoadPaths("../../../rules/starter/rules")
	program, _ := compiler.Compile(set, compiler.Options{})
	suite, _ := ruletest.Load(ruletest.LoadOptions{Paths: []string{"../../../rules/starter"}})
	tests := ruletest.Run(context.Background(), suite, ruletest.RunOptions{})
	facts, err := attack.Load("19.1")
	if err != nil {
		fmt.Println(err)
		return
	}
	subject := trial.NewSubject(set, program)
	options := coverage.Defaults()
	options.Now = time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC) // verdicts grow old; nothing here reads the clock
	report := coverage.Assess(&coverage.Input{Facts: facts, Rules: subject.Rules, Tests: subject.Tests(tests.Cases)}, options)
	fmt.Println(report.Summary.Techniques.AtLeast(coverage.Tested), "techniques are tested,", report.Summary.Claimed, "claimed")
	// Output: 51 techniques are tested, 51 claimed
}

// What a change of the rules does to the evidence, by the same facts and options.
func Example_delta() {
	facts, err := attack.Load("19.1")
	if err != nil {
		fmt.Println(err)
		return
	}
	options := coverage.Defaults()
	options.Now = time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC)
	assess := func(folder string) *coverage.Report {
		set, _ := rules.LoadPaths(folder)
		program, _ := compiler.Compile(set, compiler.Options{})
		return coverage.Assess(&coverage.Input{Facts: facts, Rules: trial.NewSubject(set, program).Rules}, options)
	}
	before, now := assess("../../../rules/starter/rules"), assess("../../../rules/starter/rules/aws")
	delta := coverage.Compare(before, now)
	coverage.DefaultGate().Apply(delta, before, now, options.Now)
	worst := delta.Changes[0]
	fmt.Println(worst.Technique, worst.Platform, worst.Kind, "from level", worst.From, "because", worst.Causes[0].Text)
	fmt.Println(len(delta.Violations) > 0)
	// Output:
	// T1003.001 Windows lost from level 1 because the rule is gone
	// true
}
