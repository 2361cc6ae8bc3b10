package proposal

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/feedback"
)

// raisedBy makes alerts of groups out of events: "a" for no attack, "x" for an attack,
// "c" for a contested one, "?" for what nobody judged.
func raisedBy(alerts ...[2]string) (*counted, []chain) {
	k := &counted{labels: feedback.RuleLabels{Events: map[string]feedback.Label{}}}
	var out []chain
	for n, a := range alerts {
		c := chain{group: a[0], time: time.Date(2026, 5, 1+n, 3, 0, 0, 0, time.UTC), of: map[link]bool{}}
		for i, kind := range a[1] {
			print := fmt.Sprintf("%d %d", n, i)
			c.of[link{"r", print}] = true
			switch kind {
			case 'a':
				k.labels.Events[print] = feedback.Label{Class: feedback.Supporting, Weight: 1}
			case 'n':
				k.labels.Events[print] = feedback.Label{Class: feedback.Supporting}
			case 'x', 'c':
				k.labels.Events[print] = feedback.Label{Class: feedback.Protected, Contested: kind == 'c'}
			}
		}
		out = append(out, c)
	}
	return k, out
}

// TestCausesOfCorrelations: a group is one cause, with the safest that its alerts were
// found to be.
func TestCausesOfCorrelations(t *testing.T) {
	for name, c := range map[string]struct {
		alerts [][2]string
		want   []cause
		days   int
	}{
		"one event that must stay":     {[][2]string{{"u", "aaxa"}}, []cause{{class: 2}}, 1},
		"what nobody judged":           {[][2]string{{"u", "aa?"}}, nil, 0},
		"a verdict without weight":     {[][2]string{{"u", "nn"}}, nil, 0},
		"the oldest are not named":     {[][2]string{{"u", fmt.Sprintf("%0150d", 0) + "?????"}}, nil, 0},
		"contested, and then not":      {[][2]string{{"u", "cc"}, {"u", "x"}}, []cause{{class: 2}}, 2},
		"contested":                    {[][2]string{{"u", "cc"}, {"u", "aa"}}, []cause{{class: 2, contested: true}}, 2},
		"groups come by their days":    {[][2]string{{"w", "a"}, {"u", "a"}, {"w", "x"}}, []cause{{class: 2}, {class: 1, day: 1}}, 3},
		"a hundred of those are named": {[][2]string{{"u", strings.Repeat("a", 100) + strings.Repeat("?", 50)}}, []cause{{class: 1}}, 1},
		"ninety-nine are too few":      {[][2]string{{"u", strings.Repeat("a", 99) + strings.Repeat("?", 51)}}, nil, 0},
	} {
		k, raised := raisedBy(c.alerts...)
		got, days := k.causes(raised)
		for i := range got {
			if got[i].day -= 20574; got[i].day < 0 || got[i].day > 3 {
				t.Fatalf("%s: day %d", name, got[i].day)
			}
		}
		if diff := cmp.Diff(c.want, got, cmp.AllowUnexported(cause{})); diff != "" || days != c.days {
			t.Errorf("%s: %d days (- want, + got)\n%s", name, days, diff)
		}
	}
}
