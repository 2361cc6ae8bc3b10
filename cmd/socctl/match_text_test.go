package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/rules"
)

// The lines of events are those that each match makes by itself, whatever came before,
// of whatever members, and also with numbers that are settled later.
func TestLinesOfEvents(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 6))
	var all []*compiler.Rule
	for i := range 5 {
		of := &rules.Rule{}
		for n := range i {
			of.Tags = append(of.Tags, rules.NewScalar(fmt.Sprint("tag \"", n)))
		}
		all = append(all, &compiler.Rule{ID: fmt.Sprint(i), Title: "rule \"é\"", Level: "low", Hash: fmt.Sprint("h", i), Alerts: i > 0, Source: of})
	}
	filter := &rules.Filter{}
	filter.Title.Text = "f"
	sources, views := []string{"a.ndjson", "b \"é\".ndjson", ""}, []string{"", "sysmon", "v\xff"}
	for range 300 {
		var m matchText
		members := someMembers(r)
		maker := newLineMaker(members)
		moved, want := r.IntN(3), ""
		for n := range r.IntN(40) {
			record := telemetry.Record{Source: sources[r.IntN(len(sources))], Index: n*7 + r.IntN([]int{7, 30, 2000}[r.IntN(3)])}
			id := &telemetry.Identity{Canonical: fmt.Sprint(n) + strings.Repeat("x", r.IntN(200))}
			stamp := ""
			if id.Timed = r.IntN(2) > 0; id.Timed {
				id.Time = time.Unix(r.Int64N(1e9), r.Int64N(1e9)).UTC()
				stamp = id.Time.Format(time.RFC3339Nano)
			}
			line := func(rule *compiler.Rule, view string, stopped []string) {
				l := matchLine{lineRule: lineRuleOf(rule), Source: record.Source, Record: record.Index + moved, Time: stamp, View: view, Fingerprint: telemetry.FingerprintOf(id.Canonical), SuppressedBy: stopped}
				text, err := l.appendChosen(nil, members)
				if err != nil {
					t.Fatal(err)
				}
				want += string(text) + "\n"
			}
			var matches []evaluator.Match
			for range r.IntN(4) * (1 + r.IntN(20)/19*20) {
				one := evaluator.Match{Rule: all[r.IntN(len(all))], View: views[r.IntN(len(views))]}
				if matches = append(matches, one); one.Rule.Alerts {
					line(one.Rule, one.View, nil)
				}
			}
			var stopped []evaluator.Suppression
			if r.IntN(4) == 0 {
				s := evaluator.Suppression{Rule: all[r.IntN(len(all))], View: views[r.IntN(len(views))], By: []*rules.Filter{filter}}
				stopped = append(stopped, s)
				line(s.Rule, s.View, suppressedText(s))
			}
			maker.tell(&m, id, &record, matches, stopped)
		}
		maker.finish(&m)
		if moved > 0 {
			m.renumber(func(_ int, _ string, written int) int { return written + moved })
		}
		if string(m.text) != want {
			t.Fatalf("got\n%s\nwant\n%s", m.text, want)
		}
	}
}

// someMembers returns nil, for whole lines, or some members in any order.
func someMembers(r *rand.Rand) (members []lineMember) {
	if r.IntN(4) == 0 {
		return nil
	}
	for _, n := range r.Perm(int(memberCount)) {
		if r.IntN(3) > 0 {
			members = append(members, lineMember(n))
		}
	}
	return members
}

// Members that are chosen say what they say in the whole line, and nothing else is there.
func TestChosenMembers(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(7, 8))
	rule := &lineRule{"1", "a \"b\"", "high", "h", []string{"attack.t1059", "é\n"}}
	for range 1000 {
		line := matchLine{lineRule: rule, Source: "x.ndjson", Record: r.IntN(1000), Time: "2020-01-01T00:00:00Z", View: []string{"", "v"}[r.IntN(2)], Fingerprint: "sha256:0"}
		switch r.IntN(3) {
		case 0:
			line.SuppressedBy = []string{"f \"1\"", "g"}
		case 1:
			line.alert = &alertLine{RuleID: "2", RuleTitle: "<&>", Group: map[string]*string{"<a>": nil}, Value: "2.50", Contributors: []contributorLine{{RuleID: "1"}}, Dropped: r.IntN(2)}
		}
		text, err := line.appendJSON(nil)
		if err != nil {
			t.Fatal(err)
		}
		whole := membersOf(t, text)
		whole["tags"] = `["attack.t1059","é\n"]`
		members := someMembers(r)
		if members == nil {
			continue
		}
		if text, err = line.appendChosen(nil, members); err != nil {
			t.Fatal(err)
		}
		want, order := map[string]string{}, []int{}
		for _, m := range members {
			if value, there := whole[m.name()]; there {
				want[m.name()] = value
				order = append(order, bytes.Index(text, appendName(nil, m)))
			}
		}
		if diff := cmp.Diff(want, membersOf(t, text)); diff != "" {
			t.Errorf("%v of %s (- want, + got):\n%s", members, text, diff)
		}
		if line.alert == nil && !slices.IsSorted(order) {
			t.Errorf("%s: not in the order of %v", text, members)
		}
	}
}

func membersOf(t *testing.T, text []byte) map[string]string {
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(text, &raw); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	out := map[string]string{}
	for name, value := range raw {
		out[name] = string(value)
	}
	return out
}
