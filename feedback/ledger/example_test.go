package ledger_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/socctl/socctl/feedback"
	"github.com/socctl/socctl/feedback/ledger"
)

const (
	ruleID           = "5d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a1"
	ruleHash         = "sha256:0b1e5e0d0f4f1e9d3b6f0c53a6e0a10b1e5e0d0f4f1e9d3b6f0c53a6e0a1000a"
	eventFingerprint = "sha256:65f76204cb45d44f6f6050a0a946a1b80a371e7a147a597f7ba1dfb31afe4c80"
)

// path is where the examples keep verdicts; TestMain removes it.
var path = filepath.Join(os.TempDir(), fmt.Sprint("socctl-verdicts-", os.Getpid()))

func Example_addVerdict() {
	book := ledger.Open(path, ledger.Options{}) // once; safe for concurrent use
	verdict := feedback.Verdict{
		Time:         time.Date(2026, 5, 4, 10, 11, 12, 0, time.UTC),
		Verdict:      feedback.FalseLogic,
		Alert:        feedback.Alert{RuleID: ruleID, RuleHash: ruleHash, EventFP: []string{eventFingerprint}},
		Investigator: feedback.Investigator{Kind: feedback.Agent, ID: "triage-7", Version: "m-2026-04"},
	}
	receipt, err := book.Add(context.Background(), verdict)
	if err != nil {
		fmt.Println(err) // not acknowledged; it does no harm to try again
		return
	}
	fmt.Printf("stored %d, known %d\n", len(receipt.Stored), len(receipt.Known))
	// Output:
	// stored 1, known 0
}

func Example_labels() {
	contents, err := ledger.Read(path)
	if err != nil {
		fmt.Println(err)
		return
	}
	state := feedback.Fold(contents.Verdicts, feedback.FoldOptions{Now: time.Now(), Policy: feedback.DefaultPolicy()})
	label := state.Labels(ruleID).Of(eventFingerprint)
	fmt.Printf("%s, weight %g\n", label.Class, label.Weight) // an agent without a record supports nothing
	// Output:
	// unknown, weight 0
}
