package threshold

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/correlation"
	"github.com/socctl/socctl/feedback"
)

// logons is a correlation of failed logons by user and host with what happened: each
// burst is some failures of a user from an address, every two seconds.
func logons(t *testing.T, groupBy string, bursts []burst) *Input {
	p := compile(t, twoRules+"title: c\ncorrelation: {type: event_count, rules: [a], group-by: ["+groupBy+"], timespan: 10m, condition: {gte: 5}}\n")
	labels := map[string]feedback.Label{}
	in := &Input{Program: p, Correlation: p.Correlations[0], Entities: []string{"ip", "host"}, Label: func(print string) feedback.Label { return labels[print] }}
	for n, b := range bursts {
		for i := range b.size {
			print := fmt.Sprintf("%d %d", n, i)
			labels[print] = feedback.Label{Class: b.class, Weight: 1}
			at := time.Date(2026, 5, b.day, 0, b.minute, 2*i, 0, time.UTC)
			in.Hits = append(in.Hits, correlation.Hit{Event: evaluator.Map{"user": b.user, "ip": b.ip, "host": "h"}, Time: at, Origin: print, Seq: uint64(len(in.Hits))})
		}
	}
	return in
}

type burst struct {
	class    feedback.Class
	day      int
	user, ip string
	size     int
	minute   int
}

// One who mistypes his password fails as often as each of many users whom somebody
// guesses at: by address they differ.
func TestGroupsOfAnotherField(t *testing.T) {
	t.Parallel()
	in := logons(t, "user", []burst{
		{feedback.Supporting, 1, "alice", "10.0.0.1", 8, 0}, {feedback.Supporting, 2, "bob", "10.0.0.2", 9, 0}, {feedback.Supporting, 3, "carol", "10.0.0.3", 7, 0},
		{feedback.Protected, 5, "dave", "203.0.113.1", 6, 0}, {feedback.Protected, 5, "erin", "203.0.113.1", 6, 1}, {feedback.Protected, 5, "frank", "203.0.113.1", 6, 2},
	})
	w := Weigh(in)
	if w.Choice == nil {
		t.Fatalf("%+v", w)
	}
	if c := w.Choice; strings.Join(c.GroupBy, " ") != "ip" || c.Removed != 3 || c.Lost != 0 || c.Merged != 3 || !c.Margin || c.Threshold <= 9 {
		t.Errorf("%+v", c)
	}
	if w.Front[0].Removed != 3 || strings.Join(w.Front[0].GroupBy, " ") != "ip" {
		t.Errorf("the front: %+v", w.Front)
	}
	if w.Plain != nil {
		t.Errorf("by user nothing is safe, and yet: %+v", w.Plain)
	}
	in.Fixed = true
	if w := Weigh(in); w.Choice != nil {
		t.Errorf("by user nothing is safe, and yet: %+v", w.Choice)
	}
}

// What would be chosen without other groups is there too: a person may rather have it.
func TestPlainChoice(t *testing.T) {
	t.Parallel()
	in := logons(t, "user", []burst{
		{feedback.Supporting, 1, "alice", "10.0.0.1", 5, 0}, {feedback.Supporting, 2, "bob", "10.0.0.2", 8, 0},
		{feedback.Protected, 5, "dave", "203.0.113.1", 9, 0}, {feedback.Protected, 5, "erin", "203.0.113.1", 9, 1},
	})
	w := Weigh(in)
	if w.Choice == nil || w.Plain == nil || w.Choice.Removed != 2 || !w.Choice.regrouped() || w.Plain.Removed != 1 || w.Plain.regrouped() || w.Plain.misses > 0 {
		t.Errorf("%+v\n%+v", w.Choice, w.Plain)
	}
}

// An attack on many users that is told once is told only of those that are in its
// window: the others would be lost, and so such a grouping is no choice.
func TestNoAttackGroupIsLost(t *testing.T) {
	t.Parallel()
	bursts := []burst{{feedback.Supporting, 1, "alice", "10.0.0.1", 8, 0}, {feedback.Supporting, 2, "bob", "10.0.0.2", 9, 0}}
	for i := range 9 {
		bursts = append(bursts, burst{feedback.Protected, 5, fmt.Sprint("victim", i), "203.0.113.1", 6, i})
	}
	in := logons(t, "user", bursts)
	lost := 0
	for _, p := range newWeighing(in).all() {
		if p.regrouped() && p.Removed > 0 && p.misses == 0 {
			t.Errorf("%d in %s by %v is said to keep a margin: %+v", p.Threshold, p.Timespan, p.GroupBy, p)
		}
		if p.regrouped() {
			lost = max(lost, p.Lost)
		}
	}
	if w := Weigh(in); w.Choice != nil || lost < 8 {
		t.Errorf("%+v; at most %d are lost", w.Choice, lost)
	}
}

// A field fewer brings together what belongs together, one more parts what does not.
func TestGroupsOfFewerAndMoreFields(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		groupBy string
		bursts  []burst
		want    string
	}{
		"fewer": {"user, ip", []burst{
			{feedback.Supporting, 1, "alice", "10.0.0.1", 8, 0}, {feedback.Supporting, 2, "bob", "10.0.0.2", 9, 0},
			{feedback.Protected, 5, "dave", "203.0.113.1", 6, 0}, {feedback.Protected, 5, "dave", "203.0.113.2", 6, 1}, {feedback.Protected, 5, "dave", "203.0.113.3", 6, 2}}, "user"},
		"more": {"user", []burst{
			{feedback.Supporting, 1, "svc", "10.0.0.1", 3, 0}, {feedback.Supporting, 1, "svc", "10.0.0.2", 3, 0}, {feedback.Supporting, 1, "svc", "10.0.0.3", 3, 0},
			{feedback.Supporting, 2, "svc", "10.0.0.1", 3, 0}, {feedback.Supporting, 2, "svc", "10.0.0.2", 4, 0}, {feedback.Supporting, 2, "svc", "10.0.0.4", 3, 0},
			{feedback.Protected, 5, "dave", "203.0.113.1", 8, 0}, {feedback.Protected, 5, "erin", "203.0.113.1", 8, 0}}, "user ip"},
	} {
		w := Weigh(logons(t, c.groupBy, c.bursts))
		if w.Choice == nil || strings.Join(w.Choice.GroupBy, " ") != c.want || w.Choice.Removed != 2 {
			t.Errorf("%s: %+v, %s", name, w.Choice, w.Abstained)
		}
	}
}

// What is tried: no field that an event lacks, none that parts the events as they are,
// no group of everything.
func TestGroupings(t *testing.T) {
	t.Parallel()
	both := []burst{{feedback.Supporting, 1, "alice", "10.0.0.1", 8, 0}, {feedback.Protected, 5, "alice", "203.0.113.1", 9, 0}, {feedback.Protected, 6, "bob", "203.0.113.1", 9, 0}}
	tried := func(in *Input) string {
		var out []string
		for _, g := range newWeighing(in).groupings() {
			out = append(out, strings.Join(g.names, "+"))
		}
		return strings.Join(out, " ")
	}
	in := logons(t, "user", both)
	if got := tried(in); got != "user ip user+ip" {
		t.Errorf("tried %q", got)
	}
	in.Hits[3].Event = evaluator.Map{"user": "alice", "ip": nil, "host": "h"}
	if got := tried(in); got != "user" {
		t.Errorf("one event without an address: tried %q", got)
	}
	if got := tried(logons(t, "user, ip", both)); got != "user+ip ip user" {
		t.Errorf("two fields: tried %q", got)
	}
	if got := tried(logons(t, "user", both[:1])); got != "user" {
		t.Errorf("no attack is known: tried %q", got)
	}
}

// TestMerged: an alert is merged if every new one that stands for it stands for one of
// another group too, by brute force on the engine.
func TestMerged(t *testing.T) {
	t.Parallel()
	merged := 0
	for seed := range uint64(60) {
		in := random(t, seed)
		base := in.Raise(Least(in.Correlation), in.Correlation.Timespan)
		for _, p := range newWeighing(in).all() {
			want := 0
			after := in.RaiseAt(&p)
			stands := func(alert, other []string) bool {
				if !p.regrouped() && !sameGroup(in, alert, other) {
					return false
				}
				for _, print := range alert {
					for _, o := range other {
						if o == print && in.Label(print).Class == feedback.Protected {
							return true
						}
					}
				}
				return false
			}
			for _, alert := range base {
				kept, alone := false, false
				for _, other := range after {
					if !stands(alert, other) {
						continue
					}
					kept = true
					single := true
					for _, third := range base {
						single = single && (!stands(third, other) || sameGroup(in, alert, third))
					}
					alone = alone || single
				}
				if kept && !alone {
					want++
				}
			}
			if want != p.Merged {
				t.Fatalf("seed %d, %d in %s by %v: %d merged, by brute force %d", seed, p.Threshold, p.Timespan, p.GroupBy, p.Merged, want)
			}
			merged += want
		}
	}
	if merged < 50 {
		t.Errorf("only %d were merged: the cases show too little", merged)
	}
}
