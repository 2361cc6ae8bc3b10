package aftercare_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A host, user or parent that is new since the filter was written is told once,
// and only if something is known of what was before.
func TestNovelty(t *testing.T) {
	with := func(host, parent string, day, n int) string {
		e := strings.Replace(event("loud.exe", "backup", day, n), `"Computer":"PC"`, `"Computer":"`+host+`"`, 1)
		if parent != "" {
			e = strings.Replace(e, `"EventID":1`, `"EventID":1,"ParentImage":"`+parent+`"`, 1)
		}
		return e
	}
	later := with("PC1", "agent.exe", 2, 1) + with("PC2", "agent.exe", 3, 2) + with("PC2", "cmd.exe", 4, 3) + with("PC2", "", 5, 4)
	told := func(events string) (out []string) {
		for _, n := range newLab(t, "often", events).check(everything).Filters[0].Novel {
			out = append(out, n.Of+" "+n.Value+" "+n.First[:10]+" "+strings.Repeat("x", n.Events))
		}
		return out
	}
	if diff := cmp.Diff([]string{"host PC2 2026-05-03 xxx", "parent cmd.exe 2026-05-04 x"}, told(with("PC1", "agent.exe", 1, 0)+later)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"host PC2 2026-05-03 xxx"}, told(with("PC1", "", 1, 0)+later)); diff != "" {
		t.Errorf("no parent was learnt: %s", diff)
	}
	if got := told(later); got != nil {
		t.Errorf("nothing was learnt: %v", got)
	}
}

// More than twice of what is stated, or of what was recorded before, is a surge.
func TestSurge(t *testing.T) {
	days := func(first, each, surge int) string {
		events := ""
		for day := first; day <= 25; day++ {
			n := each
			if day >= 15 {
				n = surge
			}
			for i := range n {
				events += event("loud.exe", "backup", day, i)
			}
		}
		return events
	}
	for name, c := range map[string]struct {
		rate, events, since, day string
	}{
		"steady":       {"2", days(2, 2, 2), "", ""},
		"more":         {"2", days(2, 2, 6), "2026-05-15", "2026-05-17"},
		"rate unknown": {"often", days(2, 2, 6), "", ""},
		"learnt":       {"often", days(-9, 2, 6), "2026-05-15", "2026-05-17"},
	} {
		s := newLab(t, c.rate, c.events).check(everything).Filters[0].Surge
		switch {
		case s == nil && c.since == "":
		case s == nil || s.Since != c.since || s.Day != c.day || s.Events != 18 || s.Expected != 6:
			t.Errorf("%s: %+v", name, s)
		}
	}
}
