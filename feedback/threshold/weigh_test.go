package threshold

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/correlation"
	"github.com/socctl/socctl/feedback"
	"github.com/socctl/socctl/rules"
)

func compile(t testing.TB, text string) *compiler.Program {
	t.Helper()
	docs, diags := rules.Parse("test.yml", []byte(text))
	set := &rules.Set{}
	for _, d := range docs {
		set.Add(d)
	}
	p, more := compiler.Compile(set, compiler.Options{})
	if diags = append(diags, more...); diags.Count(rules.Error) > 0 {
		t.Fatalf("%v\n%s", diags.Err(), text)
	}
	return p
}

const twoRules = `title: a
name: a
logsource: {category: test}
detection: {s: {k: 1}, condition: s}
---
title: b
name: b
logsource: {category: test}
detection: {s: {k: 2}, condition: s}
---
`

// random makes a correlation, events of its rules, and labels of these.
func random(t *testing.T, seed uint64) *Input {
	r := rand.New(rand.NewPCG(seed, 7))
	kind, field := "event_count", ""
	if r.IntN(2) == 0 {
		kind, field = "value_count", []string{", field: v", ", field: [v, w]"}[r.IntN(2)]
	}
	op := []string{"gte", "gt"}[r.IntN(2)]
	text := twoRules + fmt.Sprintf("title: c\nname: c\ncorrelation:\n  type: %s\n  rules: [%s]\n  group-by: [%s]\n  timespan: %ds\n  condition: {%s: %d%s}\n",
		kind, []string{"a", "a, b"}[r.IntN(2)], []string{"u", "u, h"}[seed%2], []int{10, 20, 60, 90}[r.IntN(4)], op, 1+r.IntN(3), field)
	p := compile(t, text)
	labels := map[string]feedback.Label{}
	in := &Input{Program: p, Correlation: p.Correlations[0], Label: func(print string) feedback.Label { return labels[print] }, Entities: []string{"ip", "sometimes"}}
	start := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	mood := feedback.Unknown
	for i := range 20 + r.IntN(60) {
		if r.IntN(6) == 0 {
			mood = []feedback.Class{feedback.Unknown, feedback.Supporting, feedback.Supporting, feedback.Protected}[r.IntN(4)]
			start = start.Add(time.Duration(r.IntN(200)) * time.Second)
		}
		start = start.Add(time.Duration(r.IntN(12)) * time.Second)
		print := fmt.Sprintf("%03d", i)
		labels[print] = feedback.Label{Class: mood, Weight: 1}
		event := evaluator.Map{"u": fmt.Sprint(r.IntN(2)), "v": []any{r.IntN(4), r.IntN(6)}[:1+r.IntN(2)], "w": r.IntN(2), "ip": r.IntN(3), "h": i / 30}
		if i%2 == 0 {
			event["sometimes"] = i
		}
		if r.IntN(9) == 0 {
			delete(event, []string{"u", "v"}[r.IntN(2)])
		}
		for _, rule := range [][]int{{0}, {1}, {0, 1}}[r.IntN(3)] {
			in.Hits = append(in.Hits, correlation.Hit{Rule: rule, Time: start, Event: event, Origin: print, Seq: uint64(i)})
		}
	}
	return in
}

// TestPromises compares what the weighing says with what the engine raises, for every
// threshold and timespan that is tried, in random cases.
func TestPromises(t *testing.T) {
	t.Parallel()
	raised := 0
	for seed := range uint64(300) {
		in := random(t, seed)
		for _, p := range newWeighing(in).all() {
			want := in.RaiseAt(&p)
			if diff := gocmp.Diff(want, in.Promised(&p)); diff != "" {
				t.Fatalf("seed %d, %d in %s: (-engine +promised)\n%s", seed, p.Threshold, p.Timespan, diff)
			}
			if raised += len(want); len(want) != p.Alerts {
				t.Fatalf("seed %d, %d in %s: %d alerts, the engine raises %d", seed, p.Threshold, p.Timespan, p.Alerts, len(want))
			}
		}
	}
	if raised < 10_000 {
		t.Errorf("only %d alerts: the cases show too little", raised)
	}
}

// judged is an alert of the engine with what it was found to be, by brute force.
func judged(in *Input, prints []string) feedback.Class {
	class := feedback.Supporting
	for _, p := range prints {
		switch in.Label(p).Class {
		case feedback.Protected:
			return feedback.Protected
		case feedback.Unknown:
			class = feedback.Unknown
		}
	}
	return class
}

// brute counts what a threshold does by comparing the alerts of two runs of the
// engine, event by event.
func brute(in *Input, p *Point) (removed, lost int) {
	after := in.RaiseAt(p)
	for _, alert := range in.Raise(Least(in.Correlation), in.Correlation.Timespan) {
		class := judged(in, alert)
		kept := slices.ContainsFunc(after, func(other []string) bool {
			return (p.regrouped() || sameGroup(in, alert, other)) && slices.ContainsFunc(alert, func(print string) bool {
				return slices.Contains(other, print) && (class != feedback.Protected || in.Label(print).Class == feedback.Protected)
			})
		})
		switch {
		case kept:
		case class == feedback.Protected:
			lost++
		case class == feedback.Supporting:
			removed++
		}
	}
	return removed, lost
}

// sameGroup reports whether alerts are of one group: events are in one each.
func sameGroup(in *Input, a, b []string) bool {
	group := func(prints []string) (out string) {
		for i := range in.Hits {
			if in.Hits[i].Origin == prints[0] {
				for _, name := range in.Correlation.GroupBy {
					v, _ := in.Hits[i].Event.Field(name)
					out += fmt.Sprintf("%q", v.Text())
				}
				return out
			}
		}
		return ""
	}
	return group(a) == group(b)
}

// TestFront compares the front with that of brute force on the engine: nothing on it
// is dominated, all that is not dominated is on it, and nothing that must stay is ever
// lost by the choice.
func TestFront(t *testing.T) {
	t.Parallel()
	chosen, regrouped, longest := 0, 0, 0
	for seed := range uint64(60) {
		in := random(t, seed)
		got := Weigh(in)
		type point struct{ removed, lost int }
		all := map[point]bool{}
		for _, p := range newWeighing(in).all() {
			removed, lost := brute(in, &p)
			if removed != p.Removed || lost != p.Lost {
				t.Fatalf("seed %d, %d in %s: removes %d and loses %d, by brute force %d and %d", seed, p.Threshold, p.Timespan, p.Removed, p.Lost, removed, lost)
			}
			all[point{removed, lost}] = true
		}
		var want, front []point
		for p := range all {
			dominated := false
			for q := range all {
				dominated = dominated || q != p && q.removed >= p.removed && q.lost <= p.lost
			}
			if !dominated {
				want = append(want, p)
			}
		}
		slices.SortFunc(want, func(a, b point) int { return cmp.Compare(a.lost, b.lost) })
		for _, p := range got.Front {
			front = append(front, point{p.Removed, p.Lost})
		}
		if !slices.Equal(want, front) {
			t.Fatalf("seed %d: front %v, by brute force %v", seed, front, want)
		}
		longest = max(longest, len(front))
		if c := got.Choice; c != nil {
			examples(t, in, c)
			chosen++
			if c.regrouped() {
				regrouped++
			}
			if removed, lost := brute(in, c); lost != 0 || removed == 0 || c.New > 0 {
				t.Errorf("seed %d: the choice removes %d, loses %d and raises %d new ones", seed, removed, lost, c.New)
			}
		}
	}
	if chosen < 5 || regrouped < 2 || longest < 3 {
		t.Errorf("%d choices, %d of another grouping, fronts of up to %d points: the cases show too little", chosen, regrouped, longest)
	}
}

// examples holds what is shown of a choice against the engine: of the attack's events
// alone it raises one alert, of the others' none. Where every window that was no attack
// shares events with one that was, as longer timespans make it, there is none to show.
func examples(t *testing.T, in *Input, c *Point) {
	t.Helper()
	attack, benign := in.Examples(c)
	if len(attack) == 0 {
		t.Errorf("no example of %d in %s", c.Threshold, c.Timespan)
	}
	for want, hits := range [][]int{benign, attack} {
		alone := *in
		alone.Hits = nil
		for _, n := range hits {
			alone.Hits = append(alone.Hits, in.Hits[n])
		}
		if raised := alone.RaiseAt(c); len(raised) != want {
			t.Errorf("the example raises %d alerts, want %d", len(raised), want)
		}
	}
}

// scene is a correlation of five failures in ten minutes, with bursts of so many.
func scene(t *testing.T, bursts map[string][]int) *Input {
	p := compile(t, twoRules+"title: c\ncorrelation: {type: event_count, rules: [a], group-by: [u], timespan: 10m, condition: {gte: 5}}\n")
	labels := map[string]feedback.Label{}
	in := &Input{Program: p, Correlation: p.Correlations[0], Label: func(print string) feedback.Label { return labels[print] }}
	seq := uint64(0)
	for _, kind := range []string{"attack", "benign", "unknown"} {
		for n, size := range bursts[kind] {
			for i := range size {
				print := fmt.Sprintf("%s %d %d", kind, n, i)
				switch kind {
				case "attack":
					labels[print] = feedback.Label{Class: feedback.Protected}
				case "benign":
					labels[print] = feedback.Label{Class: feedback.Supporting, Weight: 1}
				}
				at := time.Date(2026, 5, 1+n, 0, 0, i, 0, time.UTC)
				in.Hits = append(in.Hits, correlation.Hit{Event: evaluator.Map{"u": kind}, Time: at, Origin: print, Seq: seq})
				seq++
			}
		}
	}
	return in
}

func TestChoice(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		bursts map[string][]int
		want   string
	}{
		"attacks are larger":      {map[string][]int{"benign": {6, 7, 8}, "attack": {40, 50}}, "9 in 10m: removes 3, left out 0"},
		"too near for a margin":   {map[string][]int{"benign": {6, 7, 38}, "attack": {40, 50}}, "8 in 10m: removes 2, left out 0"},
		"one attack is small":     {map[string][]int{"benign": {6, 20, 21}, "attack": {12, 50}}, "7 in 10m: removes 1, left out 1"},
		"attacks are smaller":     {map[string][]int{"benign": {30}, "attack": {6}}, "abstained: whatever removes"},
		"no attack is known":      {map[string][]int{"benign": {6, 7}}, "abstained: no alert of it is known that must stay"},
		"nobody judged benign":    {map[string][]int{"unknown": {6, 7}, "attack": {40}}, "abstained: none of its alerts was judged"},
		"what nobody judged goes": {map[string][]int{"benign": {6}, "unknown": {6}, "attack": {40}}, "7 in 10m: removes 1, left out 0"},
	} {
		t.Run(name, func(t *testing.T) {
			w := Weigh(scene(t, c.bursts))
			got := "abstained: " + w.Abstained
			if p := w.Choice; p != nil {
				got = fmt.Sprintf("%d in %s: removes %d, left out %d", p.Threshold, p.Timespan, p.Removed, w.LeftOut)
			}
			if !strings.HasPrefix(got, c.want) {
				t.Errorf("%s; want %s", got, c.want)
			}
		})
	}
}

func TestRefusal(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		"{type: event_count, rules: [a], timespan: 1m, condition: {gte: 3}}":              "",
		"{type: value_count, rules: [a], timespan: 1m, condition: {gt: 3, field: v}}":     "",
		"{type: event_count, rules: [a], timespan: 1m, condition: {lt: 3}}":               "not one gte or gt",
		"{type: event_count, rules: [a], timespan: 1m, condition: {gte: 3, lt: 9}}":       "not one gte or gt",
		"{type: event_count, rules: [a], timespan: 1m, condition: {gte: 3.5}}":            "no whole number",
		"{type: value_sum, rules: [a], timespan: 1m, condition: {gte: 3, field: v}}":      "not of value_sum",
		"{type: temporal, rules: [a, b], timespan: 1m}":                                   "not of temporal",
		"{type: event_count, rules: [a], timespan: 1m, condition: {gte: 3}, note: above}": "would change with it",
	} {
		above := ""
		if strings.Contains(body, "note") {
			body = strings.Replace(body, ", note: above", "", 1)
			above = "---\ntitle: d\ncorrelation: {type: event_count, rules: [c], timespan: 1h, condition: {gte: 2}}\n"
		}
		p := compile(t, twoRules+"title: c\nname: c\ncorrelation: "+body+"\n"+above)
		got := Refusal(p, p.Correlations[0])
		if (want == "") != (got == "") || !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", body, got, want)
		}
		if above != "" && !strings.Contains(Refusal(p, p.Correlations[1]), "counts alerts of other correlations") {
			t.Errorf("the upper one: %q", Refusal(p, p.Correlations[1]))
		}
	}
}

// BenchmarkWeigh weighs a correlation with 100,000 matches in 200 groups.
func BenchmarkWeigh(b *testing.B) {
	p := compile(b, twoRules+"title: c\ncorrelation: {type: event_count, rules: [a], group-by: [u], timespan: 10m, condition: {gte: 5}}\n")
	in := &Input{Program: p, Correlation: p.Correlations[0]}
	r := rand.New(rand.NewPCG(1, 2))
	labels := map[string]feedback.Label{}
	in.Label = func(print string) feedback.Label { return labels[print] }
	start := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	in.Entities = []string{"ip"}
	for i := range 100_000 {
		print := fmt.Sprint(i)
		labels[print] = feedback.Label{Class: []feedback.Class{feedback.Supporting, feedback.Unknown, feedback.Supporting}[i/1000%3], Weight: 1}
		if i%5000 < 30 {
			labels[print] = feedback.Label{Class: feedback.Protected}
		}
		in.Hits = append(in.Hits, correlation.Hit{Event: evaluator.Map{"u": fmt.Sprint(r.IntN(200)), "ip": fmt.Sprint(r.IntN(50))}, Time: start.Add(time.Duration(i) * 500 * time.Millisecond), Origin: print, Seq: uint64(i)})
	}
	b.ReportAllocs()
	for b.Loop() {
		w := Weigh(in)
		b.ReportMetric(float64(w.Tried), "points")
	}
}

// TestOneAttackAlertsOften: alerts of one group on one day are one attack, and bound what
// is lost of others as one.
func TestOneAttackAlertsOften(t *testing.T) {
	p := compile(t, twoRules+"title: c\nname: c\ncorrelation: {type: event_count, rules: [a], group-by: [u], timespan: 1m, condition: {gte: 2}}\n")
	labels := map[string]feedback.Label{}
	in := &Input{Program: p, Correlation: p.Correlations[0], Label: func(print string) feedback.Label { return labels[print] }}
	add := func(user string, class feedback.Class, hour, events int) {
		for i := range events {
			print := fmt.Sprintf("%s%d-%d", user, hour, i)
			labels[print] = feedback.Label{Class: class, Weight: 1}
			in.Hits = append(in.Hits, correlation.Hit{Time: time.Date(2026, 5, 1, hour, 0, i, 0, time.UTC), Event: evaluator.Map{"u": user}, Origin: print, Seq: uint64(len(in.Hits))})
		}
	}
	for hour := range 10 {
		add("eve", feedback.Protected, hour, 9)
	}
	add("bob", feedback.Supporting, 11, 2)
	if w := Weigh(in); w.Protected != 10 || w.Attacks != 1 || w.Choice == nil || w.LostBound < 0.949 {
		t.Errorf("%d alerts, %d attacks, bound %g, choice %v", w.Protected, w.Attacks, w.LostBound, w.Choice)
	}
}
