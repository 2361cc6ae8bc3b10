package aftercare_test

import (
	"context"
	"fmt"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/feedback"
	"github.com/socctl/socctl/feedback/aftercare"
	"github.com/socctl/socctl/rules"
)

// What a filter would hide, asked before it is put beside the rules: Document of a
// proposal is such a text.
func Example_hidden() {
	const filter = `
title: Deployment Creates Keys
logsource: {product: aws, service: cloudtrail}
filter:
    rules: any
    selection: {userIdentity.arn|endswith: /ops-deploy}
    condition: not selection
`
	read, _, _ := rules.ReadPaths("../../rules/starter/rules/aws")
	documents, _ := rules.Parse("filter.yml", []byte(filter))
	set, problems := rules.Assemble(append(read, documents...))
	program, more := compiler.Compile(set, compiler.Options{})
	if err := append(problems, more...).Err(); err != nil {
		fmt.Println(err)
		return
	}
	hidden := aftercare.NewHidden()
	if err := hidden.Replay(context.Background(), program, &backtest.Streaming{Recordings: []string{"../../rules/starter/recordings"}}); err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range hidden.Filters() {
		for _, alert := range hidden.By(f) {
			fmt.Println(f.Label(), "hides", alert.Time.Format("15:04:05"), "of", alert.Rules[0].Title)
		}
	}
	state := feedback.Fold(nil, feedback.FoldOptions{}) // with verdicts: of a ledger
	report := aftercare.Check(&aftercare.Input{Program: program, Filters: set.Filters, State: state, Hidden: hidden})
	fmt.Println(report.Summary.Failed, "filters hide what a verdict protects")
	// Output:
	// Deployment Creates Keys hides 02:41:09 of Access Key Created for Another User
	// Deployment Creates Keys hides 02:42:26 of Administrator Policy Attached to an Identity
	// 0 filters hide what a verdict protects
}
