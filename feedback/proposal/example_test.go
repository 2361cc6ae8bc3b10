package proposal_test

import (
	"context"
	"fmt"
	"time"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/feedback"
	"github.com/socctl/socctl/feedback/proposal"
	"github.com/socctl/socctl/feedback/tuning"
	"github.com/socctl/socctl/rules"
)

// What investigations said becomes a proposal, or the reason why there is none.
func Example_tune() {
	set, _ := rules.LoadPaths("../../rules/starter/rules")
	program, _ := compiler.Compile(set, compiler.Options{})
	evidence := &proposal.Evidence{Program: program, Support: feedback.DefaultPolicy(),
		Replayer: &backtest.Streaming{Recordings: []string{"../../rules/starter/recordings"}, Jobs: 1}}

	// A service has verdicts; here one is given to the first alert there is.
	var verdicts []feedback.Verdict
	normaliser, ev := telemetry.NewNormaliser(nil), evaluator.New(program)
	for record, err := range telemetry.Read(context.Background(), evidence.Replayer.(*backtest.Streaming).Recordings, telemetry.ReadOptions{}) {
		if err != nil || len(verdicts) > 0 {
			continue
		}
		event := normaliser.Event(record)
		for _, m := range ev.Match(event) {
			v := feedback.Verdict{Time: time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC), Verdict: feedback.FalseLogic,
				Investigator: feedback.Investigator{Kind: feedback.Human, ID: "alice"},
				Alert:        feedback.Alert{RuleID: m.Rule.ID, RuleHash: m.Rule.Hash, EventFP: []string{event.Fingerprint()}}}
			v.Seal() // its identity is a hash of what it says
			verdicts = append(verdicts, v)
		}
	}
	evidence.State = feedback.Fold(verdicts, feedback.FoldOptions{})
	if err := evidence.Collect(context.Background()); err != nil {
		fmt.Println(err)
		return
	}
	report := evidence.Propose(proposal.Options{Policy: tuning.Default(), Now: time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC), Owner: "detection-team"})
	for _, r := range report.Rules {
		fmt.Println(r.Title, len(r.Proposals), "proposals;", r.Abstained[0])
	}
	// Output: Access Key Created for Another User 0 proposals; 1 of its events were judged to be no attack with a weight; 2 are needed, of two recordings or days
}
