package correlation_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/correlation"
)

// stage is an engine with its alerts, as text.
type stage struct {
	*correlation.Engine
	program *compiler.Program
	alerts  []string
}

func newStage(t *testing.T, text string, o correlation.Options) *stage {
	s := &stage{program: compile(t, text)}
	s.Engine = correlation.New(s.program, o, func(a *correlation.Alert) { s.alerts = append(s.alerts, fullText(a)) })
	return s
}

// fullText tells all of an alert, with what its contributors are made of.
func fullText(a *correlation.Alert) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s at %s of", a.Correlation.Title, a.Time.Format("15:04:05"))
	for _, v := range a.Group {
		fmt.Fprintf(&b, " %s=%+q %t", v.Name, v.Value, v.Present)
	}
	fmt.Fprintf(&b, ": %s by [", a.Value)
	for _, c := range a.Contributors {
		if c.Alert != nil {
			b.WriteString(fullText(c.Alert))
			continue
		}
		fmt.Fprintf(&b, "%s %+q %s,", c.Rule.Title, c.Origin, c.Time.Format("15:04:05"))
	}
	fmt.Fprintf(&b, "] and %d more", a.Dropped)
	return b.String()
}

// hit adds the match of a rule, by its title.
func (s *stage) hit(title string, second int, event evaluator.Map) {
	for i, r := range s.program.Rules {
		if r.Title == title {
			s.Add(correlation.Hit{Rule: i, Time: epoch.Add(time.Duration(second) * time.Second), Seq: uint64(second), Event: event, Origin: event["origin"].(string)})
		}
	}
}

// moveTo hands what the engine knows to another.
func (s *stage) moveTo(t *testing.T, next *stage) {
	t.Helper()
	state, err := s.State()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := next.Load(state); err != nil {
		t.Fatal(err)
	}
}

const twoRules = `title: r
name: r
logsource: {category: test}
detection: {s: {k: 0}, condition: s}
---
title: q
name: q
logsource: {category: test}
detection: {s: {k: 0}, condition: s}
---
`

// TestLoadKeepsAlerts moves correlations between engines behind the first of two matches: what
// is raised then is what one engine would have raised.
func TestLoadKeepsAlerts(t *testing.T) {
	t.Parallel()
	const pair = "title: pair\nname: pair\ncorrelation: {type: event_count, rules: [r], group-by: [u], timespan: 1h, condition: {gte: 1}}\n"
	for _, test := range []struct{ name, text string }{
		{"group that is no UTF-8", twoRules + pair + "---\ntitle: above\ncorrelation: {type: event_count, rules: [pair], timespan: 1h, condition: {gte: 2}}\n"},
		{"field of the last match that is no UTF-8", twoRules + pair + "---\ntitle: above\ncorrelation: {type: value_count, rules: [pair], group-by: [h], timespan: 1h, condition: {gte: 1, field: l}}\n---\n" +
			"title: top\ncorrelation: {type: event_count, rules: [pair, q], group-by: [h], timespan: 1h, condition: {lt: 9}}\n"},
		{"rules of the same meaning", twoRules + "title: either\ncorrelation: {type: event_count, rules: [r, q], timespan: 1h, condition: {gte: 2}}\n"},
		{"correlations of the same meaning", twoRules + pair + "---\n" + strings.ReplaceAll(pair, "pair", "twin") +
			"---\ntitle: above\ncorrelation: {type: event_count, rules: [pair, twin], timespan: 1h, condition: {gte: 4}}\n"},
		{"several windows that are open", twoRules + "title: few\ncorrelation: {type: event_count, rules: [r, q], group-by: [n], timespan: 1h, condition: {lt: 9}}\n"},
		{"number that is no integer", twoRules + "title: sum\ncorrelation: {type: value_sum, rules: [r], timespan: 1h, condition: {gt: 1, field: x}}\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			feed := func(cut bool) []string {
				s := newStage(t, test.text, correlation.Options{})
				var alerts []string
				for i, n := range []string{"b", "a", "a", "b"} {
					event := evaluator.Map{"u": "\xff", "h": "\xfe", "l": []any{"\xfd", map[string]any{"\xfc": 1.5}}, "n": n, "x": "1.0", "origin": fmt.Sprint("\xfb", i)}
					if i == 1 {
						event["x"] = "9007199254740992"
					}
					s.hit("r", i/2, event)
					s.hit("q", i/2, event)
					if cut {
						next := newStage(t, test.text, correlation.Options{})
						s.moveTo(t, next)
						alerts = append(alerts, s.alerts...)
						s = next
					}
				}
				s.Close()
				return append(alerts, s.alerts...)
			}
			want := feed(false)
			if diff := cmp.Diff(want, feed(true)); diff != "" || len(want) == 0 {
				t.Errorf("%d alerts (-one engine +moved)\n%s", len(want), diff)
			}
		})
	}
}

// A correlation keeps what those above it ask for. If others are above it after the
// move, what they ask for is found by its name, and is missing if nobody has kept it.
func TestLoadUnderOtherParents(t *testing.T) {
	t.Parallel()
	const below = twoRules + "title: below\nname: below\ncorrelation: {type: event_count, rules: [r], timespan: 1h, condition: {lt: 9}}\n---\n"
	const above = "title: above\ncorrelation: {type: event_count, rules: [below], group-by: [%s], timespan: 1h, condition: {gte: 1}}\n"
	for _, test := range []struct{ before, after, want string }{
		{"user, host", "host, user", `host="h" true user="u" true`},
		{"user", "host", `host="" false`},
		{"user, host", "host", `host="h" true`},
	} {
		s := newStage(t, below+fmt.Sprintf(above, test.before), correlation.Options{})
		s.hit("r", 0, evaluator.Map{"user": "u", "host": "h", "origin": ""})
		next := newStage(t, below+fmt.Sprintf(above, test.after), correlation.Options{})
		s.moveTo(t, next)
		next.Close()
		if got := strings.Join(next.alerts, "\n"); !strings.Contains(got, "above at 00:00:00 of "+test.want) {
			t.Errorf("from %s to %s: %s, want a group %s", test.before, test.after, got, test.want)
		}
	}
}

// An engine whose limits are lower than those of the state keeps to its own.
func TestLoadKeepsToLimits(t *testing.T) {
	t.Parallel()
	p := compile(t, fmt.Sprintf(limitRules, "event_count", "gte: 9"))
	s := &stage{program: p, Engine: correlation.New(p, correlation.Options{}, func(*correlation.Alert) {})}
	for i := range 4 {
		s.hit("r", i, evaluator.Map{"u": "a", "origin": ""})
		s.hit("r", i, evaluator.Map{"u": fmt.Sprint(i), "origin": ""})
	}
	e := correlation.New(p, correlation.Options{MaxEntries: 3, MaxGroups: 2}, func(*correlation.Alert) {})
	s.moveTo(t, &stage{Engine: e})
	e.Close()
	if got := e.Stats(); got.Entries != 1 || got.Groups != 3 {
		t.Errorf("%d entries and %d groups dropped, want 1 and 3", got.Entries, got.Groups)
	}
}

// TestLoadDamaged changes states at random. Load takes them or says that they are damaged, and
// then nothing of them has any effect; whatever it takes, the engine goes on without a panic.
func TestLoadDamaged(t *testing.T) {
	t.Parallel()
	rejected := 0
	for seed := range uint64(6000) {
		g := generator{rand.New(rand.NewPCG(seed, 5)), &strings.Builder{}, 0}
		g.program(types[seed%uint64(len(types))])
		p := compile(t, g.out.String())
		hits := g.hits(p)
		at := cut(hits, g.IntN(len(hits)+1))
		first := correlation.New(p, correlation.Options{Lateness: 7 * time.Second}, func(*correlation.Alert) {})
		addAll(first, hits[:at])
		state, err := first.State()
		if err != nil {
			t.Fatal(err)
		}
		var tree any
		if err := json.Unmarshal(state, &tree); err != nil {
			t.Fatal(err)
		}
		for range 1 + g.IntN(3) {
			tree = g.damage(tree)
		}
		damaged, _ := json.Marshal(tree)
		second := correlation.New(p, correlation.Options{}, func(*correlation.Alert) {})
		before, _ := second.State()
		if _, err := second.Load(damaged); err != nil {
			rejected++
			if after, _ := second.State(); string(after) != string(before) {
				t.Fatalf("seed %d: a state that was rejected had an effect: %s", seed, after)
			}
		}
		addAll(second, hits[at:])
		if _, err := second.State(); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		second.Close()
	}
	if rejected < 500 {
		t.Errorf("only %d states were rejected: the cases show too little", rejected)
	}
}

// damage changes one part of a JSON value.
func (g *generator) damage(tree any) any {
	other := []any{nil, -1.0, 0.0, 1.0, 7.0, 9e18, "", "AA==", "AQ==", "Af//////////AQ==", "x", true, []any{}, []any{nil}, map[string]any{}}
	switch v := tree.(type) {
	case []any:
		if len(v) > 0 && g.IntN(8) > 0 {
			i := g.IntN(len(v))
			switch g.IntN(8) {
			case 0:
				return append(v[:i:i], v[i+1:]...)
			case 1:
				return append(v, v[i])
			}
			v[i] = g.damage(v[i])
			return v
		}
	case map[string]any:
		names := slices.Sorted(maps.Keys(v))
		if len(names) == 0 {
			break
		}
		name := names[g.IntN(len(names))]
		if g.IntN(10) == 0 {
			delete(v, name)
		} else {
			v[name] = g.damage(v[name])
		}
		return v
	}
	return other[g.IntN(len(other))]
}
