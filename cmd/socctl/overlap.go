package main

import (
	"context"
	"runtime"
	"slices"
	"sync"

	"github.com/spf13/cobra"

	"github.com/socctl/socctl/cmd/socctl/internal/report"
	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/evaluator/backtest/recorded"
	"github.com/socctl/socctl/lint/overlap"
)

// overlapOptions are the flags of overlap.
type overlapOptions struct {
	rules, pipelines []string
	format           string
	percent          int
	input            recordingOptions
}

func (c *cli) overlapCommand() *cobra.Command {
	var o overlapOptions
	cmd := &cobra.Command{
		Use:   "overlap [RECORDING...]",
		Short: "Groups of rules that overlap, and what each of them adds",
		Long: `Group the rules that say the same thing, and tell what each adds to the others.
That a rule is covered by another one is proven; rules that share most of their
predicates are told with an event on which they differ. With recordings, rules are
grouped too that fire on the same events, and it is counted how often each fired
alone.`,
		Example: `  socctl overlap -r rules
  socctl overlap -r rules recordings/ -f markdown`,
		PreRunE: func(*cobra.Command, []string) error {
			if !slices.Contains([]string{"pretty", "json", "markdown"}, o.format) {
				return usageError("unknown format %q: pretty, json or markdown", o.format)
			}
			if o.percent < 1 || o.percent > 100 {
				return usageError("--alike takes a number from 1 to 100")
			}
			return o.input.check()
		},
		RunE: func(cmd *cobra.Command, args []string) error { return c.overlap(cmd.Context(), &o, args) },
	}
	flags := cmd.Flags()
	flags.StringSliceVarP(&o.rules, "rules", "r", nil, "rule `path`, a file or a folder (default: rules of the configuration)")
	pipelineFlag(flags, &o.pipelines)
	flags.StringVarP(&o.format, "format", "f", "pretty", "pretty, json or markdown")
	flags.IntVar(&o.percent, "alike", 80, "`percent` of their predicates that alike rules share")
	o.input.flags(flags)
	return cmd
}

func (c *cli) overlap(ctx context.Context, o *overlapOptions, recordings []string) error {
	cfg, err := c.config(".")
	if err != nil {
		return err
	}
	loaded, err := c.loadRules(cfg, o.rules, o.pipelines)
	if err != nil {
		return err
	}
	var fired *overlap.Firings
	code := loaded.exitCode()
	if len(recordings) > 0 {
		replayer, err := c.replayer(cfg, &backtestOptions{input: o.input}, recordings)
		if err != nil {
			return err
		}
		var problems int
		if fired, problems, err = c.firings(ctx, loaded.program, replayer); err != nil {
			return err
		}
		if problems > 0 {
			code = exitUnreadable
		}
	}
	groups := overlap.Find(loaded.program, fired, overlap.Options{Percent: o.percent}, workers(o.input.workers))
	if err := report.Overlap(c.stdout, c.out(), o.format, &report.OverlapRun{Groups: groups, Rules: len(loaded.program.Rules), Fired: fired}); err != nil {
		return err
	}
	return exitWith(code)
}

// firings replays recordings and counts which rules fire together, and how many things
// could not be read.
func (c *cli) firings(ctx context.Context, p *compiler.Program, replayer *backtest.Streaming) (*overlap.Firings, int, error) {
	number := map[*compiler.Rule]int{}
	for i, r := range p.Rules {
		number[r] = i
	}
	split := recorded.New(replayer)
	meter := c.watch(split)
	fired := overlap.NewFirings()
	seen, err := split.Replay(ctx, p, func(h *backtest.Hit) {
		numbers := make([]int, len(h.Matches))
		for i, m := range h.Matches {
			numbers[i] = number[m.Rule]
		}
		fired.Add(numbers)
	})
	meter.done()
	if err := interrupted(ctx.Err()); err != nil {
		return nil, 0, err // a rule would seem to add nothing
	}
	if err != nil {
		return nil, 0, &exitError{exitUnreadable, err}
	}
	return fired, seen.Problems, nil
}

// workers returns what runs a task n times on several goroutines.
func workers(jobs int) func(n int, do func(int)) {
	if jobs < 1 {
		jobs = runtime.GOMAXPROCS(0)
	}
	return func(n int, do func(int)) {
		var wg sync.WaitGroup
		for w := range jobs {
			wg.Go(func() {
				for i := w; i < n; i += jobs {
					do(i)
				}
			})
		}
		wg.Wait()
	}
}
