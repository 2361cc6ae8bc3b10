package main

import (
	"fmt"
	"os"
	"slices"

	"github.com/socctl/socctl/cmd/socctl/internal/report"
	"github.com/socctl/socctl/evaluator/backtest/recorded"
	"github.com/socctl/socctl/evaluator/ruletest"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/feedback/proposal"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/config"
)

// attacks returns what no exclusion may hide: recordings of attacks that are named or
// configured, and what tests of the rules demand to be matched.
func (c *cli) attacks(o *tuneOptions, v *verdicts, set *rules.Set) (proposal.Attacks, error) {
	var out proposal.Attacks
	recordings := slices.Clone(o.attacks)
	if len(recordings) == 0 {
		for _, path := range v.attacks {
			recordings = append(recordings, v.cfg.Resolve(path))
		}
	}
	t := &testOptions{recordings: string(ruletest.EVTX)}
	load, err := c.testSources(t, v.cfg, o.testPaths(v.cfg))
	if err != nil {
		return out, err
	}
	load.Known = set
	suite, diags := ruletest.Load(load)
	if n := diags.Count(rules.Error); n > 0 {
		c.diagnose(diags)
		return out, &exitError{code: exitUsage}
	}
	table, err := c.views(v.cfg)
	if err != nil {
		return out, err
	}
	normaliser := o.input.normaliser(table)
	for _, test := range suite.Cases {
		events, recorded := test.Demanded()
		for _, value := range events {
			e := proposal.AttackEvent{Event: normaliser.Event(telemetry.Record{Value: value}), Source: "test " + test.ID}
			if test.IgnoresLogsource() || len(e.Event.Views()) == 0 {
				e.ShownTo = test.Rule
			}
			out.Events = append(out.Events, e)
		}
		recordings = append(recordings, recorded...)
	}
	if len(recordings) > 0 {
		slices.Sort(recordings)
		stream, err := c.replayer(v.cfg, &backtestOptions{input: o.input, baseline: []string{}}, slices.Compact(recordings))
		if err != nil {
			return out, err
		}
		stream.Baseline = nil // of the configuration: no attacks
		stream.Problem = c.unreadable
		out.Recordings = recorded.New(stream)
	}
	return out, nil
}

// testPaths is where tests are sought: where the configuration says, else in the rules
// and in the folder tests, and not in whatever else there is.
func (o *tuneOptions) testPaths(cfg *config.Config) []string {
	if len(cfg.Rules)+len(cfg.Tests) > 0 || len(o.rules) == 0 {
		return nil
	}
	paths := slices.Clone(o.rules)
	if info, err := os.Stat("tests"); err == nil && info.IsDir() {
		paths = append(paths, "tests")
	}
	return paths
}

// complain shows an error that does not end the command.
func (c *cli) complain(err error) {
	fmt.Fprintf(c.stderr, "%s %s\n", c.err().Paint(report.Red, "error:"), report.Clean(err.Error()))
}
