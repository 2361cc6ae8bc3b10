package aftercare

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/feedback"
	"github.com/socctl/socctl/feedback/health"
	"github.com/socctl/socctl/rules"
)

// Check judges filters. It does not change its input.
func Check(in *Input) *Report {
	with := *in
	if in = &with; in.State == nil {
		in.State = feedback.Fold(nil, feedback.FoldOptions{})
	}
	in.Hidden = cmp.Or(in.Hidden, NewHidden())
	c := &checking{Input: in, labels: map[string]feedback.RuleLabels{}, rules: map[*rules.Filter][]*compiler.Rule{}}
	c.report = &Report{Schema: Schema, Now: in.Now, Draw: in.Draw, Delta: Delta, Replayed: in.Hidden.Exposure != nil, Filters: []Filter{}, Unseen: []Unseen{}}
	c.expired = map[*rules.Filter]bool{}
	if e := in.Program.Expiry; e != nil {
		for _, f := range e.Expired {
			c.expired[f] = true
		}
	}
	for _, r := range in.Program.Rules {
		for _, x := range r.Filters {
			c.rules[x.Filter] = append(c.rules[x.Filter], r)
		}
	}
	filters := slices.DeleteFunc(slices.Clone(in.Filters), func(f *rules.Filter) bool { return f.Invalid })
	slices.SortFunc(filters, compareFilters)
	for _, f := range filters {
		c.report.Filters = append(c.report.Filters, c.filter(f))
	}
	c.unseen()
	c.sum()
	return c.report
}

// checking is one run of Check.
type checking struct {
	*Input
	report  *Report
	labels  map[string]feedback.RuleLabels
	rules   map[*rules.Filter][]*compiler.Rule
	expired map[*rules.Filter]bool
}

// labelsOf returns the labels of a rule.
func (c *checking) labelsOf(r *compiler.Rule) feedback.RuleLabels {
	key := health.KeyOf(r)
	known, ok := c.labels[key]
	if !ok {
		known = c.State.Labels(key)
		c.labels[key] = known
	}
	return known
}

func (c *checking) filter(f *rules.Filter) Filter {
	owner := strings.TrimSpace(f.Owner.Text)
	out := Filter{ID: f.ID.Text, Title: f.Title.Text, Path: f.Span.Path(), Line: f.Span.Start.Line, Owner: owner, Expires: f.Expires.Text,
		Expired: c.expired[f], Ownerless: owner == "", Rules: len(c.rules[f]), Protected: []Protected{}, Novel: []Novelty{}, Notes: []string{}}
	if at := writtenOn(f); !at.IsZero() {
		out.Written = at.Format(time.DateOnly)
	}
	alerts := c.Hidden.By(f)
	out.Hidden = len(alerts)
	if n := len(alerts); n > 0 {
		out.Last = timeText(alerts[n-1].Time)
	}
	for _, a := range alerts {
		for _, r := range c.Hidden.rulesOf(f, a) {
			if label := c.labelsOf(r).Of(a.Event); label.Class == feedback.Protected {
				out.Protected = append(out.Protected, protectedOf(a, r, label))
			}
		}
	}
	out.Suspended = len(out.Protected) > 0
	out.Audit = c.audit(f, alerts, out.Suspended)
	c.life(f, alerts, &out)
	if !out.Expired {
		c.canaries(f, alerts, &out)
	}
	c.notes(&out)
	return out
}

func protectedOf(a *Alert, r *compiler.Rule, l feedback.Label) Protected {
	return Protected{Event: a.Event, Time: timeText(a.Time), Source: a.Source, Record: a.Record, Rule: health.KeyOf(r), RuleTitle: r.Title, Outcome: l.Outcome,
		Contested: l.Contested, Judged: timeText(l.Time), By: l.By, Verdicts: l.Verdicts, Of: l.Rule}
}

func timeText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

// audit bets on the alerts that were drawn, by time. An attack anywhere among what
// the filter hides ends it, drawn or not.
func (c *checking) audit(f *rules.Filter, alerts []*Alert, attacked bool) Audit {
	out := Audit{Wealth: map[Tier]float64{}, Certified: B, Stated: stated(f, "tier")}
	since := fresh(f, alerts)
	drawn := c.Draw.Of(since)
	out.Fresh, out.Sampled = len(since), len(drawn)
	for _, a := range drawn {
		switch c.said(f, a) {
		case benign:
			out.Benign++
		case open:
			out.Pending++
		default:
			out.Undecided++
		}
	}
	for _, t := range Tiers() {
		w := NewWealth(t.Alpha())
		for range out.Benign {
			w.Benign()
		}
		if attacked {
			w.Malicious()
		}
		out.Wealth[t] = w.Value()
		switch {
		case attacked:
		case !w.Certifies(Delta):
			out.Next, out.Needed = t, t.Needs()-out.Benign
		case out.Certified == B:
			out.Certified = t
		}
	}
	return out
}

// What was said of an alert.
const (
	open = iota // nothing
	benign
	undecided
)

// said tells what verdicts make of an alert for a filter. Benign is what a person
// said or confirmed to be no attack, of at least one rule it is hidden from: the word of an
// agent may be wrong more often than the share that is to be shown.
func (c *checking) said(f *rules.Filter, a *Alert) int {
	out := open
	for _, r := range c.Hidden.rulesOf(f, a) {
		l := c.labelsOf(r).Of(a.Event)
		switch {
		case l.Class == feedback.Protected:
			return undecided
		case l.Class == feedback.Supporting && l.Reviewed:
			out = max(out, benign)
		case len(l.Verdicts) > 0:
			out = undecided
		}
	}
	return out
}

// stated returns a key below socctl: of a filter.
func stated(f *rules.Filter, key string) string {
	if n := f.CustomAttribute("socctl").Get(key); n != nil && n.Kind == rules.ScalarNode {
		return n.Scalar.Text
	}
	return ""
}

// dead is how many events must be missing before a filter is called dead: with that
// many expected, none occurs in one of twenty cases.
const dead = 3

// life tells whether a filter still hides anything. Only recorded days on which
// there was an event of the logsource of one of its rules count.
func (c *checking) life(f *rules.Filter, alerts []*Alert, out *Filter) {
	if text := stated(f, "rate"); text != "" {
		if rate, err := strconv.ParseFloat(text, 64); err == nil && rate > 0 && !math.IsInf(rate, 0) {
			out.Rate = &rate
		} else {
			out.Notes = append(out.Notes, fmt.Sprintf("socctl: rate is not used: %q is no number of events a day above 0", text))
		}
	}
	if c.Hidden.Exposure == nil || out.Expired || len(c.rules[f]) == 0 {
		return
	}
	days, events := c.recorded(f)
	var last time.Time
	if n := len(alerts); n > 0 {
		last = alerts[n-1].Time
	}
	missed := 0 // of the idle days, those since it was written
	for d := range days {
		if last.IsZero() || d > backtest.DayOf(last) {
			out.Idle++
			if written := writtenOn(f); written.IsZero() || d > backtest.DayOf(written) {
				missed++
			}
		}
	}
	if out.Rate != nil {
		out.Dead = float64(missed)**out.Rate >= dead && (len(alerts) == 0 || !last.IsZero())
		return
	}
	out.Dead = len(alerts) == 0 && events > 0
}

// recorded returns the days on which there was something to hide, and the events.
func (c *checking) recorded(f *rules.Filter) (days map[backtest.Day]bool, events int) {
	days = map[backtest.Day]bool{}
	seen := map[backtest.Logsource]bool{}
	for _, r := range c.rules[f] {
		l := backtest.LogsourceOf(r)
		ground := c.Hidden.Exposure.Grounds[l]
		if ground == nil || seen[l] {
			continue
		}
		seen[l] = true
		events += ground.Events
		for d := range ground.Days {
			days[d] = true
		}
	}
	return days, events
}

// notedNovelties is how many of a filter are told to people.
const notedNovelties = 5

// notes says what is wrong with a filter and what to do.
func (c *checking) notes(f *Filter) {
	add := func(format string, args ...any) { f.Notes = append(f.Notes, fmt.Sprintf(format, args...)) }
	if f.Suspended {
		add("suspended: narrow it so that it lets through what is protected, or revoke it: remove the document")
	}
	for i := range f.Novel {
		if i == notedNovelties {
			add("and %d more that are new", len(f.Novel)-i)
			break
		}
		n := &f.Novel[i]
		add("canary: the %s %s is new to it since %s, with %d hidden: look at event %s", n.Of, n.Value, n.First, n.Events, n.Event)
	}
	if s := f.Surge; s != nil {
		add("canary: %d hidden from %s to %s, %.3g were expected: look at what has changed", s.Events, s.Since, s.Day, s.Expected)
	}
	if f.Expired {
		add("it expired on %s and is not applied: remove it, or renew it with new evidence", f.Expires)
	}
	if f.Ownerless {
		add("nobody answers for it: name an owner, as in socctl: {owner: det-eng}")
	}
	switch {
	case f.Dead && f.Rate != nil:
		add("dead: nothing hidden on the last %d recorded days, and %.3g a day were expected: remove it", f.Idle, *f.Rate)
	case f.Dead:
		add("dead: nothing hidden in the recordings, although they have events that its rules look at: remove it")
	case f.Rules == 0 && !f.Expired:
		add("it is part of no rule: remove it, or correct the rules that it names")
	}
	if f.Written == "" && !f.Expired {
		add("it has no date, so that nothing it hides can be told from what it was made of: give it one, as in date: 2026-05-04")
	}
}

// unseen lists protected events of rules with filters that were not found.
func (c *checking) unseen() {
	done := map[[2]string]bool{}
	for _, r := range c.Program.Rules {
		if len(r.Filters) == 0 {
			continue
		}
		for event, l := range c.labelsOf(r).Events {
			at := [2]string{health.KeyOf(r), event}
			if l.Class == feedback.Protected && !c.Hidden.seen[event] && !done[at] {
				done[at] = true
				c.report.Unseen = append(c.report.Unseen, Unseen{Event: event, Rule: at[0], Outcome: l.Outcome, Verdicts: l.Verdicts})
			}
		}
	}
	slices.SortFunc(c.report.Unseen, func(a, b Unseen) int { return cmp.Or(cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Event, b.Event)) })
}

func (c *checking) sum() {
	s := &c.report.Summary
	s.Filters, s.Hidden, s.Unseen, s.Refused = len(c.report.Filters), len(c.Hidden.alerts), len(c.report.Unseen), c.Refused
	for i := range c.report.Filters {
		f := &c.report.Filters[i]
		for _, x := range []struct {
			is bool
			n  *int
		}{{f.Suspended, &s.Failed}, {f.Expired, &s.Expired}, {f.Ownerless, &s.Ownerless}, {f.Dead, &s.Dead}, {f.Audit.Certified != B, &s.Certified}, {len(f.Novel) > 0, &s.Novel}, {f.Surge != nil, &s.Surging}} {
			if x.is {
				*x.n++
			}
		}
	}
}
