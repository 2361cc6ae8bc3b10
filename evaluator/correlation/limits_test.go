package correlation_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/correlation"
)

const limitRules = `title: r
name: r
logsource: {category: test}
detection: {s: {k: 0}, condition: s}
---
title: count
correlation: {type: %s, rules: [r], group-by: [u], timespan: 1h, condition: {%s}}
`

var epoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// feed adds a match of the rule per element: the user, and seconds since epoch.
func feed(p *compiler.Program, o correlation.Options, hits ...any) ([]*correlation.Alert, correlation.Stats) {
	var alerts []*correlation.Alert
	e := correlation.New(p, o, func(a *correlation.Alert) { alerts = append(alerts, a) })
	for i := 0; i < len(hits); i += 2 {
		h := correlation.Hit{Seq: uint64(i), Event: evaluator.Map{"u": hits[i], "v": hits[i]}, Origin: fmt.Sprint(i / 2)}
		if s, timed := hits[i+1].(int); timed {
			h.Time = epoch.Add(time.Duration(s) * time.Second)
		}
		e.Add(h)
	}
	e.Close()
	return alerts, e.Stats()
}

func TestLimits(t *testing.T) {
	t.Parallel()
	count := compile(t, fmt.Sprintf(limitRules, "event_count", "gte: 2"))
	sum := compile(t, fmt.Sprintf(limitRules, "value_sum", "gte: 2, field: v"))
	for _, test := range []struct {
		name   string
		p      *compiler.Program
		o      correlation.Options
		hits   []any
		want   correlation.Stats
		alerts int
	}{
		{"groups", count, correlation.Options{MaxGroups: 2}, []any{"a", 0, "b", 1, "c", 2, "a", 3, "c", 4},
			correlation.Stats{Hits: 5, Alerts: 1, Groups: 2}, 1},
		{"entries", count, correlation.Options{MaxEntries: 1}, []any{"a", 0, "a", 1, "a", 2}, correlation.Stats{Hits: 3, Entries: 2}, 0},
		{"late", count, correlation.Options{Lateness: time.Second}, []any{"a", 10, "a", 9, "a", 8}, correlation.Stats{Hits: 3, Late: 1, Alerts: 1}, 1},
		{"in order", count, correlation.Options{}, []any{"a", 10, "a", 9, "a", 10}, correlation.Stats{Hits: 3, Late: 1, Alerts: 1}, 1},
		{"untimed", count, correlation.Options{}, []any{"a", nil, "a", 1}, correlation.Stats{Hits: 2, Untimed: 1}, 0},
		{"no number", sum, correlation.Options{}, []any{"a", 0, 1, 1, "1", 2}, correlation.Stats{Hits: 3, Ignored: 1, Alerts: 1}, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			alerts, got := feed(test.p, test.o, test.hits...)
			if diff := cmp.Diff(test.want, got); diff != "" || len(alerts) != test.alerts {
				t.Errorf("%d alerts, want %d; stats (-want +got)\n%s", len(alerts), test.alerts, diff)
			}
		})
	}
}

// What is computed of huge numbers can be written as JSON.
func TestHugeNumbers(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"value_sum", "value_avg", "value_median", "value_percentile"} {
		for _, condition := range []string{"gte: 0", "gt: 1.75e+308"} {
			p := compile(t, fmt.Sprintf(limitRules, kind, condition+", field: w"))
			e := correlation.New(p, correlation.Options{}, func(a *correlation.Alert) {
				if text := a.Value.String(); !json.Valid([]byte(text)) {
					t.Errorf("%s: %s", kind, text)
				}
			})
			for i, w := range []float64{-1.7e308, 1.7e308, 1.7e308, 1.7e308, 1.7e308} {
				e.Add(correlation.Hit{Seq: uint64(i), Event: evaluator.Map{"u": "a", "w": w}, Time: epoch.Add(time.Duration(i) * time.Second)})
			}
			e.Close()
		}
	}
}

// TestStreams: alerts come as soon as they are certain, not at the end.
func TestStreams(t *testing.T) {
	t.Parallel()
	p := compile(t, fmt.Sprintf(limitRules, "event_count", "gte: 2"))
	alerts := 0
	e := correlation.New(p, correlation.Options{}, func(*correlation.Alert) { alerts++ })
	add := func(s int) {
		e.Add(correlation.Hit{Time: epoch.Add(time.Duration(s) * time.Second), Seq: uint64(s), Event: evaluator.Map{"u": "a"}})
	}
	if add(0); alerts != 0 {
		t.Fatal("alert after one match")
	}
	if add(1); alerts != 1 {
		t.Fatal("no alert after two matches")
	}
	few := compile(t, fmt.Sprintf(limitRules, "event_count", "lt: 3"))
	e = correlation.New(few, correlation.Options{}, func(*correlation.Alert) { alerts++ })
	add(0)
	e.Advance(epoch.Add(time.Hour))
	if alerts != 1 {
		t.Fatal("alert before the window closed: its end is still part of it")
	}
	if e.Advance(epoch.Add(time.Hour + time.Nanosecond)); alerts != 2 {
		t.Fatal("no alert when the window closed")
	}
}

// Two recordings may number their events alike. Those are two events nevertheless, in the
// order in which they came.
func TestEventsOfTheSameNumber(t *testing.T) {
	t.Parallel()
	p := compile(t, `title: a
name: a
logsource: {category: test}
detection: {s: {k: 0}, condition: s}
---
title: b
name: b
logsource: {category: test}
detection: {s: {k: 1}, condition: s}
---
title: b behind a
correlation: {type: temporal_ordered, rules: [a, b], timespan: 1m}
`)
	hit := func(rule int) correlation.Hit {
		return correlation.Hit{Rule: rule, Time: epoch, Seq: 7, Event: evaluator.Map{}}
	}
	for _, test := range []struct {
		name   string
		events [][]correlation.Hit
		want   int
	}{
		{"one event", [][]correlation.Hit{{hit(0), hit(1)}}, 0},
		{"two", [][]correlation.Hit{{hit(0)}, {hit(1)}}, 1},
		{"the other way round", [][]correlation.Hit{{hit(1)}, {hit(0)}}, 0},
	} {
		alerts := 0
		e := correlation.New(p, correlation.Options{}, func(*correlation.Alert) { alerts++ })
		for _, event := range test.events {
			e.Add(event...)
		}
		e.Close()
		if alerts != test.want {
			t.Errorf("%s: %d alerts, want %d", test.name, alerts, test.want)
		}
	}
}

// A sum is that of the window, whatever was in the window before: exact, if all numbers are integers.
func TestSumForgetsFractions(t *testing.T) {
	t.Parallel()
	p := compile(t, fmt.Sprintf(limitRules, "value_sum", "gte: 9007199254740993, field: v"))
	e := correlation.New(p, correlation.Options{}, func(a *correlation.Alert) {
		if got := a.Value.String(); got != "9007199254740993" {
			t.Errorf("got %s", got)
		}
	})
	for i, v := range []any{0.5, 1, int64(9007199254740992)} {
		e.Add(correlation.Hit{Seq: uint64(i), Event: evaluator.Map{"v": v}, Time: epoch.Add(time.Duration(i) * 50 * time.Minute)})
	}
	if e.Close(); e.Stats().Alerts != 1 {
		t.Errorf("%d alerts, want 1", e.Stats().Alerts)
	}
}
