package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/socctl/socctl/cmd/socctl/internal/report"
	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry"
)

// evalOptions are the flags of eval.
type evalOptions struct {
	rules       []string
	pipelines   []string
	format      string
	explain     string
	failOnMatch bool
	stats       bool
	suppressed  bool
	memberNames []string
	members     []lineMember // of lines, in their order; nil for whole lines
	recordingOptions
}

func (c *cli) evalCommand() *cobra.Command {
	var o evalOptions
	cmd := &cobra.Command{
		Use:   "eval -r RULES RECORDING...",
		Short: "Run rules over recordings and print the matches",
		Long: `Run rules over recordings and print the matches, one JSON object a line.

A recording is a file, a folder, a glob pattern, or - for standard input: event
logs of Windows (EVTX, XML), JSON in any layout, and text logs such as syslog,
auditd, Zeek, CEF, web server logs and CSV, plain, compressed or in an archive.
Its format is told by its content; --input states it. What cannot be read is
reported and counted.

With --members, lines have the members that are named, in that order, and what
others would take is not spent: no fingerprint is computed that nobody reads.

With --stats, print what the recordings hold instead of the matches: events by
view, their fields, fields of rules that no event has, and events of which no
view knows the logsource.`,
		Example: `  socctl eval -r rules attack.evtx
  socctl eval -r rules -f table logs/*.ndjson.zst
  socctl eval -r rules --members record,rule_title logs/
  socctl eval -r rules --explain "Office Spawns Shell" attack.evtx
  socctl eval -r rules --stats logs/`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError("name a recording, or - for standard input")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if cmd.Flags().Changed("members") {
				if err := o.chooseMembers(); err != nil {
					return err
				}
			}
			return c.eval(cmd.Context(), &o, args)
		},
	}
	flags := cmd.Flags()
	flags.StringSliceVarP(&o.rules, "rules", "r", nil, "rule `path`, a file or a folder (default: rules of the configuration)")
	pipelineFlag(flags, &o.pipelines)
	flags.StringVarP(&o.format, "format", "f", "", "ndjson or table; with --explain pretty or ndjson; with --stats pretty or json (default: the first of each)")
	o.recordingOptions.flags(flags)
	flags.StringVar(&o.explain, "explain", "", "explain one `rule`, by id or title, on every event that it applies to")
	flags.BoolVar(&o.failOnMatch, "fail-on-match", false, "exit with 1 if any rule matches")
	flags.BoolVar(&o.suppressed, "suppressed", false, "print what filters suppressed as well, with suppressed_by")
	flags.BoolVar(&o.stats, "stats", false, "print what the recordings hold instead of the matches")
	flags.StringSliceVar(&o.memberNames, "members", nil, "`names` of the members of lines, in their order (default: whole lines): "+strings.Join(lineMemberList(), ", "))
	// The flag exists: it was defined just before.
	_ = cmd.RegisterFlagCompletionFunc("members", completeMembers)
	return cmd
}

func inputFormatNames() string {
	var names []string
	for _, f := range telemetry.InputFormats() {
		names = append(names, f.Name)
	}
	return strings.Join(names, ", ")
}

// check completes the options, or says what is wrong with them.
func (o *evalOptions) check() error {
	formats := []string{"ndjson", "table"}
	switch {
	case o.stats && o.explain != "":
		return usageError("--stats and --explain do not go together")
	case o.stats:
		formats = []string{"pretty", "json"}
	case o.explain != "":
		formats = []string{"pretty", "ndjson"}
	}
	if o.format = cmp.Or(o.format, formats[0]); !slices.Contains(formats, o.format) {
		return usageError("unknown format %q: eval knows ndjson and table, with --explain pretty and ndjson, with --stats pretty and json", o.format)
	}
	return o.recordingOptions.check()
}

// chooseMembers reads --members, which is about lines of JSON.
func (o *evalOptions) chooseMembers() (err error) {
	switch {
	case o.stats:
		return usageError("--members is about lines of matches, which --stats does not print")
	case o.explain != "":
		return usageError("--members is about lines of matches, which --explain does not print")
	case cmp.Or(o.format, "ndjson") != "ndjson":
		return usageError("--members is about lines of JSON: it goes with -f ndjson, not with -f %s", o.format)
	}
	o.members, err = parseMembers(o.memberNames)
	return err
}

// collectLess lets garbage collection wait until there is twice as much garbage
// as there is to keep, unless the user has said otherwise: what rules take is
// little, and marking them again and again would cost more than a tenth of the
// time.
func collectLess() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(200)
	}
}

func (c *cli) eval(ctx context.Context, o *evalOptions, recordings []string) error {
	if err := o.check(); err != nil {
		return err
	}
	assigned, err := parseLogsource(o.logsource)
	if err != nil {
		return err
	}
	cfg, err := c.config(".")
	if err != nil {
		return err
	}
	collectLess()
	loaded, err := c.loadRules(cfg, o.rules, o.pipelines)
	if err != nil {
		return err
	}
	rule, err := findRule(loaded.program, o.explain)
	if err != nil {
		return err
	}
	table, err := c.views(cfg)
	if err != nil {
		return err
	}
	lateness, err := latenessOf(o.lateness, recordings)
	if err != nil {
		return err
	}
	run := &evaluation{cli: c, feeds: feedsOf(loaded.program), correlating: newCorrelating(loaded.program, lateness), options: o, program: loaded.program, explain: rule, assigned: assigned,
		normaliser: o.normaliser(table), progress: report.NewProgress(c.stderr, c.quiet)}
	if err := run.all(ctx, recordings); err != nil {
		return &exitError{exitUnreadable, err}
	}
	if run.census != nil {
		if err := report.Census(c.stdout, c.out(), o.format, run.census.Report()); err != nil {
			return &exitError{exitUnreadable, err}
		}
	}
	if ctx.Err() != nil {
		fmt.Fprintln(c.stderr, "socctl: interrupted; what was read so far is evaluated")
	}
	run.summary(c, loaded)
	return exitWith(run.exitCode(ctx, loaded))
}

// parseLogsource reads the flag --logsource: nil for auto and off.
func parseLogsource(text string) (map[string]string, error) {
	if text == "auto" || text == "off" {
		return nil, nil
	}
	out := map[string]string{}
	for part := range strings.SplitSeq(text, ",") {
		key, value, ok := strings.Cut(strings.TrimSpace(part), "=")
		if !ok || value == "" || !slices.Contains([]string{"category", "product", "service"}, key) {
			return nil, usageError("--logsource takes auto, off or category=…,product=…,service=…, not %q", text)
		}
		out[key] = strings.ToLower(value)
	}
	return out, nil
}

// findRule returns the rule of an id or a title, nil for an empty name.
func findRule(p *compiler.Program, name string) (*compiler.Rule, error) {
	if name == "" {
		return nil, nil
	}
	var found []*compiler.Rule
	for _, r := range p.Rules {
		if strings.EqualFold(r.ID, name) || strings.EqualFold(r.Title, name) || strings.EqualFold(r.Source.Name.Text, name) {
			found = append(found, r)
		}
	}
	switch len(found) {
	case 0:
		for _, x := range p.Correlations {
			if strings.EqualFold(x.ID, name) || strings.EqualFold(x.Title, name) || strings.EqualFold(x.Source.Name.Text, name) {
				return nil, usageError("%q is a correlation: only rules can be explained, such as those that it refers to", name)
			}
		}
		return nil, usageError("no rule has the id, name or title %q", name)
	case 1:
		return found[0], nil
	}
	return nil, usageError("%d rules are called %q: give the id", len(found), name)
}

// assignedEvent is an event whose logsource the user has stated.
type assignedEvent struct {
	*telemetry.Event
	views []evaluator.View
}

// Views implements evaluator.Routed.
func (e assignedEvent) Views() []evaluator.View { return e.views }

// route gives an event the views that the flags ask for.
func (r *evaluation) route(e *telemetry.Event) evaluator.Routed {
	if r.assigned == nil {
		return e
	}
	return assignTo(e, r.assigned)
}

// viewsOf returns the views of a routed event.
func viewsOf(e evaluator.Event) []evaluator.View {
	if routed, ok := e.(evaluator.Routed); ok {
		return routed.Views()
	}
	return nil
}

// summary tells on standard error what was read, unless quiet.
func (r *evaluation) summary(c *cli, loaded *loadedRules) {
	if c.quiet {
		return
	}
	fmt.Fprint(c.stderr, report.Count(len(r.program.Rules), "rule"))
	if n := len(r.program.Correlations); n > 0 {
		fmt.Fprintf(c.stderr, ", %s", report.Count(n, "correlation"))
	}
	fmt.Fprintf(c.stderr, ", %s, %s", report.Count(r.events, "event"), report.Count(r.matched, "match"))
	if r.suppressed > 0 {
		fmt.Fprintf(c.stderr, "; %s suppressed by filters (see --suppressed)", report.Count(r.suppressed, "match"))
	}
	if r.correlating != nil {
		r.correlating.summary(c.stderr)
	}
	if r.unrouted > 0 && r.options.logsource == "auto" {
		fmt.Fprintf(c.stderr, "; %s of no known logsource (see --logsource)", report.Count(r.unrouted, "event"))
	}
	if r.problems > 0 {
		fmt.Fprintf(c.stderr, "; %s while reading", report.Count(r.problems, "problem"))
	}
	if n := loaded.rejected(); n > 0 {
		fmt.Fprintf(c.stderr, "; %s rejected", report.Count(n, "document"))
	}
	fmt.Fprintln(c.stderr)
}

func (r *evaluation) exitCode(ctx context.Context, loaded *loadedRules) int {
	code := loaded.exitCode()
	if r.problems > 0 || ctx.Err() != nil {
		code = max(code, exitUnreadable)
	}
	if r.options.failOnMatch && r.matched > 0 {
		code = max(code, exitFindings)
	}
	return code
}
