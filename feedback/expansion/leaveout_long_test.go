//go:build long

package expansion_test

import (
	"cmp"
	"context"
	"crypto/sha256"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/socctl/socctl/attack/coverage"
	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/evaluator/backtest/recorded"
	"github.com/socctl/socctl/evaluator/corpus"
	"github.com/socctl/socctl/evaluator/record"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/feedback/expansion"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/logsource"
)

const (
	perCapture = 20 // events of a rule in a recording that are kept
	fitBudget  = 1.0
)

// captured is an event of a recording with the rules that match it.
type captured struct {
	event  *telemetry.Event
	source string
	sole   bool // no other rule matches it
}

// TestLeaveOut takes public rules away one by one and asks what is proposed for the
// attack events that they alone caught in one recording. It prints how many of the
// rule's events in other recordings the proposal catches, and what it costs on
// background events of other days than those that it was chosen on. It asserts
// nothing but that there was something to measure: docs/expand.md has the figures.
func TestLeaveOut(t *testing.T) {
	set := corpus.Rules(t)
	set.Link()
	program, _ := compiler.Compile(set, compiler.Options{})
	fit, check := background(t)
	events, shows := captures(t, program)
	for _, known := range []bool{false, true} {
		t.Logf("technique of the incident known: %v", known)
		b := &bench{set: set, program: program, fit: fit}
		if known {
			b.shows = shows
		}
		for _, r := range program.Rules {
			b.leaveOut(t, r, events[r])
		}
		b.cost(t, check)
		b.print(t)
		if len(b.runs) == 0 {
			t.Error("nothing was measured")
		}
	}
}

// background records the background events as two: even days, on which proposals are
// chosen, and odd ones, on which their cost is measured. What has no day is left out.
func background(t *testing.T) (fit, check backtest.Replayer) {
	t.Helper()
	dirs := [2]string{filepath.Join(t.TempDir(), "even"), filepath.Join(t.TempDir(), "odd")}
	var out [2]*record.Writer
	for i := range out {
		w, err := record.Create(dirs[i], record.Options{})
		if err != nil {
			t.Fatal(err)
		}
		out[i] = w
	}
	n := telemetry.NewNormaliser(nil)
	for r, err := range telemetry.Read(context.Background(), []string{corpus.Path(t, "benign/windows-background.ndjson.zst")}, telemetry.ReadOptions{}) {
		if err != nil {
			t.Fatal(err)
		}
		if at, _, ok := n.Event(r).Time(); ok {
			if err := out[backtest.DayOf(at)&1].Add(r); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, w := range out {
		if err := w.Commit(); err != nil {
			t.Fatal(err)
		}
	}
	replay := func(dir string) backtest.Replayer {
		return recorded.New(&backtest.Streaming{Recordings: []string{dir}, Normaliser: n})
	}
	return replay(dirs[0]), replay(dirs[1])
}

// captures returns, for every rule, events in recordings that show a technique which
// the rule is tagged with, and the techniques of recordings.
func captures(t *testing.T, p *compiler.Program) (out map[*compiler.Rule][]captured, shows map[string]map[string]bool) {
	t.Helper()
	m, diags := coverage.ReadManifest("../../testdata/telemetry/shared.yml", corpus.Path(t, ""))
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	shows = map[string]map[string]bool{}
	for _, r := range m.Recordings {
		if shows[r.Path] == nil {
			shows[r.Path] = map[string]bool{}
		}
		for _, l := range r.Techniques {
			shows[r.Path][parent(l.ID)] = true
		}
	}
	tagged := map[*compiler.Rule][]string{}
	for _, r := range p.Rules {
		for _, tag := range r.Source.Tags {
			if id, is := strings.CutPrefix(strings.ToLower(tag.Text), "attack.t"); is {
				tagged[r] = append(tagged[r], parent("T"+id))
			}
		}
	}
	ev, n := evaluator.New(p), telemetry.NewNormaliser(nil)
	out = map[*compiler.Rule][]captured{}
	seen := map[string]bool{}
	type key struct {
		rule   *compiler.Rule
		source string
	}
	kept := map[key]int{}
	for _, path := range sorted(shows) {
		for r, err := range telemetry.Read(context.Background(), []string{path}, telemetry.ReadOptions{}) {
			if err != nil {
				continue
			}
			e := n.Event(r)
			matches := ev.Match(e)
			if len(matches) == 0 || seen[e.Fingerprint()] {
				continue
			}
			seen[e.Fingerprint()] = true
			for _, match := range matches {
				k := key{match.Rule, path}
				if kept[k] < perCapture && slices.ContainsFunc(tagged[match.Rule], func(id string) bool { return shows[path][id] }) {
					kept[k]++
					out[match.Rule] = append(out[match.Rule], captured{e, path, len(matches) == 1})
				}
			}
		}
	}
	return out, shows
}

func parent(technique string) string {
	id, _, _ := strings.Cut(strings.ToUpper(technique), ".")
	return id
}

func sorted[V any](m map[string]V) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// bench collects runs.
type bench struct {
	set     *rules.Set
	program *compiler.Program
	fit     backtest.Replayer
	shows   map[string]map[string]bool // nil if that is not known
	runs    []*run
}

// run is one rule that was left out.
type run struct {
	rule             *compiler.Rule
	incident, caught int // events of the one recording, and those that proposals catch
	heldOut, found   int // events of the others, and those that proposals catch
	captures         int // other recordings
	proposals        []expansion.Proposal
	alerts           int
	perDay           float64
	why              string
}

func (b *bench) leaveOut(t *testing.T, r *compiler.Rule, events []captured) {
	t.Helper()
	bySource := map[string][]captured{}
	for _, e := range events {
		bySource[e.source] = append(bySource[e.source], e)
	}
	sources := sorted(bySource)
	slices.SortStableFunc(sources, func(x, y string) int {
		a, b := sha256.Sum256([]byte(r.ID+filepath.Base(x))), sha256.Sum256([]byte(r.ID+filepath.Base(y)))
		return slices.Compare(a[:], b[:])
	})
	at := slices.IndexFunc(sources, func(s string) bool {
		return slices.ContainsFunc(bySource[s], func(e captured) bool { return e.sole })
	})
	if at < 0 || len(sources) < 2 {
		return
	}
	in := &expansion.Input{Set: b.set, Table: logsource.Default(), Budget: fitBudget, Now: time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC),
		Program:  compiler.Rewritten(b.program, func(o *compiler.Rule) *compiler.Expr { return without(o, r) }),
		Replayer: b.fit}
	out := &run{rule: r, captures: len(sources) - 1}
	for _, e := range bySource[sources[at]] {
		if e.sole {
			in.Incident = append(in.Incident, e.event)
		}
	}
	for _, id := range sorted(b.shows[sources[at]]) {
		in.Techniques = append(in.Techniques, "attack."+strings.ToLower(id))
	}
	report, err := expansion.Expand(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	out.incident, out.caught, out.proposals = report.Summary.Events, report.Summary.Proposed, report.Proposals
	for _, e := range report.Events {
		out.why = cmp.Or(out.why, strings.Join(e.Open, "; "))
	}
	for _, s := range sources {
		if s != sources[at] {
			for _, e := range bySource[s] {
				out.heldOut++
				if slices.ContainsFunc(report.Proposals, func(p expansion.Proposal) bool { return catches(t, &p, e.event) }) {
					out.found++
				}
			}
		}
	}
	b.runs = append(b.runs, out)
}

func without(o, r *compiler.Rule) *compiler.Expr {
	if o == r {
		return nil
	}
	return o.Expr
}

// proposed compiles the rule of a proposal.
func proposed(t *testing.T, p *expansion.Proposal, text string) *compiler.Program {
	t.Helper()
	docs, _ := rules.Parse(p.Path, []byte(text))
	set := &rules.Set{}
	for _, d := range docs {
		set.Add(d)
	}
	set.Link()
	program, diags := compiler.Compile(set, compiler.Options{})
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	return program
}

func catches(t *testing.T, p *expansion.Proposal, e *telemetry.Event) bool {
	t.Helper()
	return len(evaluator.New(proposed(t, p, p.Document)).Match(e)) > 0
}

// cost replays days that no proposal was chosen on.
func (b *bench) cost(t *testing.T, check backtest.Replayer) {
	t.Helper()
	for _, r := range b.runs {
		for i := range r.proposals {
			p := &r.proposals[i]
			result, err := backtest.Run(context.Background(), backtest.NewSubject(proposed(t, p, p.Document), proposed(t, p, p.Before)), check, backtest.Options{})
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range result.Rules {
				if o.Change == nil {
					continue
				}
				gained := o.Change.Gained
				if p.Kind == expansion.Draft {
					gained = o.Alerts
				}
				r.alerts += gained
				if o.Rate != nil && o.Rate.Days > 0 {
					r.perDay += float64(gained) / o.Rate.Days
				}
			}
		}
	}
}

func (b *bench) print(t *testing.T) {
	t.Helper()
	var widened, pairs, drafted, abstained, incident, caught, heldOut, found, alerts, within, zero int
	mean, meanProposed, perDay := 0.0, 0.0, 0.0
	for _, r := range b.runs {
		kind := "abstained: " + r.why
		for _, p := range r.proposals {
			kind = string(p.Kind) + " " + p.Title + ": " + p.Change
			if p.Parts == 2 {
				pairs++
				t.Logf("two parts at once: %s: %s", p.Title, p.Change)
			}
		}
		t.Logf("%-60.60s incident %d/%d held out %d/%d in %d recordings, %d alerts %.2f a day | %.200s", r.rule.Title, r.caught, r.incident, r.found, r.heldOut, r.captures, r.alerts, r.perDay, kind)
		incident, caught, heldOut, found, alerts, perDay = incident+r.incident, caught+r.caught, heldOut+r.heldOut, found+r.found, alerts+r.alerts, perDay+r.perDay
		mean += float64(r.found) / float64(r.heldOut)
		if len(r.proposals) == 0 {
			abstained++
			continue
		}
		meanProposed += float64(r.found) / float64(r.heldOut)
		switch r.proposals[0].Kind {
		case expansion.Widening:
			widened++
		default:
			drafted++
		}
		if r.perDay <= fitBudget {
			within++
		}
		if r.alerts == 0 {
			zero++
		}
	}
	n, proposing := len(b.runs), widened+drafted
	t.Logf("%d rules left out: %d widenings first, %d drafts first, %d abstained; %d widenings of two parts", n, widened, drafted, abstained, pairs)
	t.Logf("events of the incidents caught: %d of %d", caught, incident)
	t.Logf("events of other recordings caught: %d of %d (%.1f %% pooled, %.1f %% mean of all rules, %.1f %% mean of those with a proposal)", found, heldOut, 100*float64(found)/float64(max(1, heldOut)), 100*mean/float64(max(1, n)), 100*meanProposed/float64(max(1, proposing)))
	t.Logf("on background of other days: %d alerts, %.2f a day of all proposals together; %d of %d rules within %.3g a day, %d without any", alerts, perDay, within, proposing, fitBudget, zero)
}
