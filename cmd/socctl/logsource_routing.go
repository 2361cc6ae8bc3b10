package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/socctl/socctl/cmd/socctl/internal/report"
	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/rules/logsource"
)

// routingOptions are the flags of logsource show that belong to a recording.
type routingOptions struct {
	record   int
	rule     string
	format   string
	year     int
	timeZone string

	first string // name of a flag that was given
}

func (o *routingOptions) flags(flags *pflag.FlagSet) {
	flags.IntVar(&o.record, "record", 0, "which record of the recording, counted from 0")
	flags.StringVar(&o.rule, "rule", "", "say whether this `rule` sees the record: its file, or its id or title among the configured rules")
	flags.StringVarP(&o.format, "format", "f", "pretty", "pretty or json")
	flags.IntVar(&o.year, "year", 0, "year of times without one (default: by the file's modification time)")
	flags.StringVar(&o.timeZone, "timezone", "UTC", "`zone` of times without one, such as Europe/Berlin")
}

// set reports whether any of the flags was given.
func (o *routingOptions) set(flags *pflag.FlagSet) bool {
	flags.Visit(func(f *pflag.Flag) {
		if slices.Contains([]string{"record", "rule", "format", "year", "timezone"}, f.Name) {
			o.first = f.Name
		}
	})
	return o.first != ""
}

// recordingOf returns the recording that an argument names, "" if it is none.
// FILE:N sets the record.
func (o *routingOptions) recordingOf(text string) (string, error) {
	if text == "-" || isFile(text) {
		return text, nil
	}
	at := strings.LastIndexByte(text, ':')
	if at < 0 || text[:at] != "-" && !isFile(text[:at]) {
		return "", nil
	}
	n, err := strconv.Atoi(text[at+1:])
	if err != nil || n < 0 {
		return "", usageError("%s: behind the colon a record is needed, counted from 0, not %q", text[:at], text[at+1:])
	}
	o.record = n
	return text[:at], nil
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir()
}

// showRouting prints which views a record gets, and why.
func (c *cli) showRouting(ctx context.Context, o *routingOptions, recording string) error {
	if !slices.Contains([]string{"pretty", "json"}, o.format) {
		return usageError("unknown format %q: logsource show knows pretty and json", o.format)
	}
	zone, err := time.LoadLocation(o.timeZone)
	if err != nil || o.record < 0 {
		return usageError("--timezone takes a zone such as UTC or Europe/Berlin, and --record a number from 0")
	}
	cfg, err := c.config(".")
	if err != nil {
		return err
	}
	table, err := c.views(cfg)
	if err != nil {
		return err
	}
	record, err := c.recordAt(ctx, recording, o.record)
	if err != nil {
		return err
	}
	normaliser := telemetry.NewNormaliser(table, telemetry.TimeZone(zone), telemetry.Year(o.year))
	event := normaliser.Event(record)
	routing := routingOf(normaliser, event)
	if o.rule != "" {
		program, rule, err := c.ruleToShow(o.rule)
		if err != nil {
			return err
		}
		routing.Rule = visibilityOf(normaliser, event, program, rule, table)
	}
	if o.format == "json" {
		text, err := report.RoutingJSON(routing)
		if err != nil {
			return &exitError{exitUnreadable, err}
		}
		fmt.Fprintf(c.stdout, "%s\n", text)
		return nil
	}
	report.WriteRouting(c.stdout, c.out(), routing)
	return nil
}

// recordAt reads one record of a recording. Problems before it are shown.
func (c *cli) recordAt(ctx context.Context, recording string, index int) (telemetry.Record, error) {
	read := 0
	for record, err := range telemetry.Read(ctx, []string{recording}, telemetry.ReadOptions{Stdin: c.stdin}) {
		if err != nil {
			c.unreadable(err)
			continue
		}
		if read == index {
			return record, nil
		}
		read++
	}
	if read == 0 {
		return telemetry.Record{}, &exitError{exitUnreadable, fmt.Errorf("%s holds no record that can be read", recording)}
	}
	return telemetry.Record{}, usageError("%s has %s, counted from 0: there is no record %d", recording, report.Count(read, "record"), index)
}

// ruleToShow finds a rule by its file, or by id, name or title among those of
// the configuration.
func (c *cli) ruleToShow(name string) (*compiler.Program, *compiler.Rule, error) {
	cfg, err := c.config(".")
	if err != nil {
		return nil, nil, err
	}
	if !isFile(name) {
		loaded, err := c.loadRules(cfg, nil, nil)
		if err != nil {
			return nil, nil, err
		}
		rule, err := findRule(loaded.program, name)
		return loaded.program, rule, err
	}
	loaded, err := c.loadRules(cfg, []string{name}, nil)
	if err != nil {
		return nil, nil, err
	}
	if n := len(loaded.program.Rules); n != 1 {
		return nil, nil, usageError("%s holds %d rules: name one by its id, with the file under rules: of .socctl.yml", name, n)
	}
	return loaded.program, loaded.program.Rules[0], nil
}

func routingOf(n *telemetry.Normaliser, event *telemetry.Event) *report.Routing {
	record := event.Record()
	r := &report.Routing{Source: record.Source, Record: record.Index, Format: record.Format, Views: []report.RoutedView{}}
	if t, field, ok := event.Time(); ok {
		r.Time, r.TimeField = t.Format(time.RFC3339Nano), field
	} else if field, ok := event.Undated(); ok {
		r.Undated = field
	}
	if views := event.Views(); len(views) == 1 && views[0].Name == telemetry.StatedView {
		r.Stated = logsourceOf(views[0]).String()
		return r
	}
	for _, x := range n.Explain(event) {
		if x.Matched {
			r.Views = append(r.Views, routedView(x))
		} else {
			r.Near = append(r.Near, routedView(x))
		}
	}
	return r
}

func routedView(x telemetry.Explanation) report.RoutedView {
	v := report.RoutedView{Name: x.View.Name, Covered: x.Matched && !x.Used}
	for _, l := range x.View.Logsources() {
		v.Logsources = append(v.Logsources, l.String())
	}
	if x.View.Each != "" {
		v.Elements = x.Elements
	}
	for _, c := range x.Conditions {
		condition := report.RoutingCondition{Text: c.Condition.String(), Holds: c.Holds, Present: c.Present}
		if c.Present {
			condition.Value = &c.Value
		}
		v.Conditions = append(v.Conditions, condition)
	}
	return v
}

func logsourceOf(v evaluator.View) logsource.Logsource {
	return logsource.Logsource{Category: v.Logsource["category"], Product: v.Logsource["product"], Service: v.Logsource["service"]}
}

// visibilityOf says whether a rule is tried on an event, on which views, and
// which of its fields none of those has.
func visibilityOf(n *telemetry.Normaliser, event *telemetry.Event, program *compiler.Program, rule *compiler.Rule, table *logsource.Table) *report.RuleVisibility {
	wanted := logsource.Logsource{Category: rule.Category, Product: rule.Product, Service: rule.Service}
	out := &report.RuleVisibility{ID: rule.ID, Title: rule.Title, Logsource: wanted.String()}
	missing := slices.Clone(rule.Fields)
	for _, v := range event.Views() {
		if !evaluator.Satisfies(v.Logsource, rule) {
			continue
		}
		out.Applies = true
		if !slices.Contains(out.Views, v.Name) {
			out.Views = append(out.Views, v.Name)
		}
		missing = slices.DeleteFunc(missing, func(field string) bool { _, ok := v.Event.Field(field); return ok })
	}
	if out.Applies {
		out.Missing = missing
		out.Matches = evaluator.New(program).MatchRule(rule, event)
		return out
	}
	out.Reason = "the event has no view of this logsource"
	for _, x := range n.ExplainFor(event, wanted) {
		out.Nearest = append(out.Nearest, routedView(x))
	}
	if len(out.Nearest) == 0 {
		out.Reason = "no view provides this logsource" + unseenReason(table, wanted)
	}
	return out
}

// unseenReason says why a logsource has no view, if that is known.
func unseenReason(table *logsource.Table, wanted logsource.Logsource) string {
	for _, u := range table.Unseen {
		if u.Logsource == wanted {
			return ": " + u.Reason
		}
	}
	return "; state it with --logsource, or add a view under telemetry: in .socctl.yml"
}
