package recorded_test

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/evaluator/backtest/recorded"
	"github.com/socctl/socctl/evaluator/record"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/rules"
)

// upload records what can be read of files.
func upload(ctx context.Context, folder string, files ...string) error {
	w, err := record.Create(folder, record.Options{}) // record.ErrLocked while somebody else writes
	if err != nil {
		return err
	}
	defer w.Abort() // does nothing behind Commit
	for r, err := range telemetry.Read(ctx, files, telemetry.ReadOptions{}) {
		if err != nil {
			fmt.Println(err) // what could not be read is not in the recording
			continue
		}
		if err := w.Add(r); err != nil {
			return err
		}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return w.Commit()
}

// What was uploaded once is recorded, and replayed whenever rules change.
func Example_recorded() {
	ctx := context.Background()
	folder, err := os.MkdirTemp("", "recording")
	if err != nil {
		log.Fatal(err)
	}
	if err := upload(ctx, folder, "../../../rules/starter/recordings"); err != nil {
		log.Fatal(err)
	}
	set, _ := rules.LoadPaths("../../../rules/starter/rules/aws")
	program, _ := compiler.Compile(set, compiler.Options{})
	replay := recorded.New(&backtest.Streaming{Recordings: []string{folder}, Jobs: 2})
	result, err := backtest.Run(ctx, backtest.NewSubject(program, nil), replay, backtest.Options{Samples: 1})
	if err != nil {
		log.Fatal(err) // record.ErrChanged if it was compacted meanwhile: run it again
	}
	for _, r := range result.Rules {
		if r.Verdict == backtest.Fired {
			fmt.Println(r.Title, r.Rate, r.Days[0].Day, r.Samples[0].User)
		}
	}
	os.RemoveAll(folder)
	// Output:
	// Access Key Created for Another User 1 alerts a day (0.0253 to 5.57) 2026-11-19 arn:aws:iam::111122223333:user/ops-deploy
	// Administration Port Opened to the Internet 1 alerts a day (0.0253 to 5.57) 2026-11-19 arn:aws:iam::111122223333:user/billing-admin
	// Administrator Policy Attached to an Identity 1 alerts a day (0.0253 to 5.57) 2026-11-19 arn:aws:iam::111122223333:user/ops-deploy
	// CloudTrail Logging Stopped or Reduced 1 alerts a day (0.0253 to 5.57) 2026-11-19 arn:aws:iam::111122223333:user/billing-admin
}
