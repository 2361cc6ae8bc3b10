package ruletest

import (
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/correlation"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/rules"
)

// correlating feeds a correlation under test with the matches of the rules
// below it.
type correlating struct {
	worker *worker
	c      *Case
	target *compiler.Correlation
	rules  []int // of the program, that it depends on
	engine *correlation.Engine
	seq    uint64
	alerts []*correlation.Alert
}

func (w *worker) correlate(c *Case, index int) *correlating {
	p := w.run.program
	x := &correlating{worker: w, c: c, target: p.Correlations[index]}
	x.collect(p, x.target)
	slices.Sort(x.rules)
	x.rules = slices.Compact(x.rules)
	x.engine = correlation.New(p, correlation.Options{Lateness: -1}, func(a *correlation.Alert) {
		if a.Correlation == x.target {
			x.alerts = append(x.alerts, a)
		}
	})
	return x
}

func (x *correlating) collect(p *compiler.Program, c *compiler.Correlation) {
	for _, in := range c.Inputs {
		if in.Rule >= 0 {
			x.rules = append(x.rules, in.Rule)
		} else {
			x.collect(p, p.Correlations[in.Correlation])
		}
	}
}

// add tries the rules on an event at a time; false if no rule below the
// correlation is about events of its logsource.
func (x *correlating) add(event *telemetry.Event, at time.Time, origin string) bool {
	x.seq++
	routed := false
	var hits []correlation.Hit
	for _, i := range x.rules {
		rule := x.worker.run.program.Rules[i]
		s := x.worker.seeAs(x.c, rule, event)
		if s.target == nil {
			continue
		}
		routed = true
		if x.worker.evaluator(x.c).MatchRule(rule, s.target) {
			hits = append(hits, correlation.Hit{Rule: i, Time: at, Event: s.target, Seq: x.seq, Origin: origin})
		}
	}
	x.engine.Add(hits...)
	return routed
}

// addRecorded tries the rules on an event of a recording, at its own time.
func (x *correlating) addRecorded(event *telemetry.Event) {
	x.seq++
	at, _, _ := event.Time()
	var hits []correlation.Hit
	for _, i := range x.rules {
		rule := x.worker.run.program.Rules[i]
		for _, v := range event.Views() {
			if evaluator.Satisfies(v.Logsource, rule) && x.worker.evaluator(x.c).MatchRule(rule, v.Event) {
				hits = append(hits, correlation.Hit{Rule: i, Time: at, Event: v.Event, Seq: x.seq, Origin: strconv.Itoa(event.Record().Index)})
				break
			}
		}
	}
	x.engine.Add(hits...)
}

// finish ends the input, and returns the number of alerts.
func (x *correlating) finish(out *CaseResult) int {
	x.engine.Close()
	if n := x.engine.Stats().Untimed; n > 0 {
		out.Note = fmt.Sprintf("%d matches have no time and were left out of the correlation", n)
	}
	for _, a := range x.alerts {
		out.Alerts = append(out.Alerts, Alert{RuleID: a.Correlation.ID, RuleTitle: a.Correlation.Title, Level: a.Correlation.Level,
			Record: lastRecord(a), Time: a.Time.UTC().Format(time.RFC3339Nano)})
	}
	return len(x.alerts)
}

// lastRecord is the record of the last event that an alert is made of.
func lastRecord(a *correlation.Alert) int {
	for {
		last := a.Contributors[len(a.Contributors)-1]
		if last.Alert == nil {
			n, _ := strconv.Atoi(last.Origin)
			return n
		}
		a = last.Alert
	}
}

// sequence runs a test of events in virtual time.
func (w *worker) sequence(out *CaseResult) {
	c := out.Case
	x := w.correlate(c, w.run.correlated[c.Rule.(*rules.Correlation)])
	for i, e := range c.timeline() {
		event := w.run.normaliser.Event(telemetry.Record{Source: c.Path, Index: i, Value: e.event.value})
		if !x.add(event, c.start.Add(e.at), strconv.Itoa(i)) {
			out.Status, out.Span = Fail, e.event.span
			out.Message = "the event does not belong to the logsource of any rule that is correlated"
			out.Help = "correct the event, or leave it out"
			return
		}
	}
	fired := x.finish(out)
	if want := c.want.match; want != nil {
		if *want != (fired > 0) {
			out.Status, out.Span = Fail, c.want.matchSpan
			out.Message = fmt.Sprintf("expected %s, got %d", map[bool]string{true: "an alert", false: "no alert"}[*want], fired)
		}
		return
	}
	x.compare(out)
}

// timeline lists the events of the steps by time; at the same time in the
// order in which they are written.
func (c *Case) timeline() []step {
	var all []step
	for _, s := range c.steps {
		for i := range s.repeat {
			all = append(all, testStep(s.at+time.Duration(i)*s.every, s.event))
		}
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].at < all[j].at })
	return all
}

// compare looks for alerts that are missing, and for ones that nobody expects.
func (x *correlating) compare(out *CaseResult) {
	a := assignment{x: x, owner: make([]*alertWant, len(x.alerts))}
	for i := range x.c.want.alerts {
		want := &x.c.want.alerts[i]
		got := 0
		for got < want.count && a.assign(want, make([]bool, len(x.alerts))) {
			got++
		}
		if got != want.count {
			out.Status, out.Span = Fail, want.span
			out.Message = fmt.Sprintf("expected %d × alert at %s%s, got %d", want.count, want.at, groupText(want.group), got)
			out.Help = "the alerts are: " + x.listed()
			return
		}
	}
	if i := slices.Index(a.owner, nil); i >= 0 {
		out.Status = Fail
		out.Message = "unexpected alert " + x.text(x.alerts[i])
		out.Help = "alerts: lists every alert that the sequence raises; these are: " + x.listed()
	}
}

// assignment says which alert was expected by what.
type assignment struct {
	x     *correlating
	owner []*alertWant // by alert; nil for one that nobody expects yet
}

// assign finds an alert for one that is expected. Where several alerts are described alike,
// one that is taken is given up if what it was taken for is described by another, so the
// order in which a test lists its alerts does not matter.
func (a *assignment) assign(want *alertWant, tried []bool) bool {
	for i, alert := range a.x.alerts {
		if tried[i] || !want.describes(alert, a.x.c.start) {
			continue
		}
		tried[i] = true
		if a.owner[i] == nil || a.owner[i] != want && a.assign(a.owner[i], tried) {
			a.owner[i] = want
			return true
		}
	}
	return false
}

func (w *alertWant) describes(a *correlation.Alert, start time.Time) bool {
	if !a.Time.Equal(start.Add(w.at)) {
		return false
	}
	for _, part := range w.group {
		i := slices.IndexFunc(a.Group, func(g correlation.GroupValue) bool { return g.Name == part.name })
		if i < 0 || a.Group[i].Present != part.present || a.Group[i].Value != part.value {
			return false
		}
	}
	return true
}

func (x *correlating) listed() string {
	if len(x.alerts) == 0 {
		return "none"
	}
	const shown = 5
	var texts []string
	for _, a := range x.alerts[:min(shown, len(x.alerts))] {
		texts = append(texts, x.text(a))
	}
	if more := len(x.alerts) - shown; more > 0 {
		texts = append(texts, fmt.Sprintf("%d more", more))
	}
	return strings.Join(texts, "; ")
}

func (x *correlating) text(a *correlation.Alert) string {
	var group []groupWant
	for _, g := range a.Group {
		group = append(group, groupWant{g.Name, g.Value, g.Present})
	}
	return "at " + a.Time.Sub(x.c.start).String() + groupText(group)
}

func groupText(group []groupWant) string {
	if len(group) == 0 {
		return ""
	}
	parts := make([]string, len(group))
	for i, g := range group {
		parts[i] = g.name + ": " + g.value
		if !g.present {
			parts[i] = g.name + ": (absent)"
		}
	}
	return " for {" + strings.Join(parts, ", ") + "}"
}
