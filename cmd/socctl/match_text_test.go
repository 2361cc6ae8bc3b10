package main

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/rules"
)

// The lines of events are those that each match makes by itself, whatever came before,
// and also with numbers that are settled later.
func TestLinesOfEvents(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 6))
	var all []*compiler.Rule
	for i := range 5 {
		all = append(all, &compiler.Rule{ID: fmt.Sprint(i), Title: "rule \"é\"", Level: "low", Hash: fmt.Sprint("h", i), Alerts: i > 0})
	}
	filter := &rules.Filter{}
	filter.Title.Text = "f"
	sources, views := []string{"a.ndjson", "b \"é\".ndjson", ""}, []string{"", "sysmon", "v\xff"}
	for range 300 {
		var m matchText
		maker := newLineMaker()
		moved, want := r.IntN(3), ""
		for n := range r.IntN(40) {
			record := telemetry.Record{Source: sources[r.IntN(len(sources))], Index: n*7 + r.IntN(2000)}
			id := telemetry.Identity{Fingerprint: fmt.Sprint("sha256:", n)}
			stamp := ""
			if id.Timed = r.IntN(2) > 0; id.Timed {
				id.Time = time.Unix(r.Int64N(1e9), r.Int64N(1e9)).UTC()
				stamp = id.Time.Format(time.RFC3339Nano)
			}
			line := func(rule *compiler.Rule, view string, stopped []string) {
				l := matchLine{lineRule: lineRuleOf(rule), Source: record.Source, Record: record.Index + moved, Time: stamp, View: view, Fingerprint: id.Fingerprint, SuppressedBy: stopped}
				text, err := l.appendJSON(nil)
				if err != nil {
					t.Fatal(err)
				}
				want += string(text) + "\n"
			}
			var matches []evaluator.Match
			for range r.IntN(4) {
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
		for i := range m.events {
			m.events[i].final += moved
		}
		m.settle()
		if string(m.text) != want {
			t.Fatalf("got\n%s\nwant\n%s", m.text, want)
		}
	}
}
