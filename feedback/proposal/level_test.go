package proposal

import "testing"

// TestLevelFits: what is contested counts against a change, whichever way it goes.
func TestLevelFits(t *testing.T) {
	for name, c := range map[string]struct {
		level                    string
		attacks, none, contested int
		want                     string // "" for no change
	}{
		"never right":                   {"high", 0, 20, 0, "medium"},
		"never right, hundreds":         {"high", 0, 400, 0, "informational"},
		"rarely right":                  {"critical", 4, 20, 0, "high"},
		"always right":                  {"low", 20, 0, 0, "medium"},
		"as it should be":               {"high", 12, 8, 0, ""},
		"contested ones may be attacks": {"high", 0, 20, 10, ""},
		"contested ones may be none":    {"low", 20, 0, 20, ""},
		"contested ones change little":  {"high", 0, 60, 1, "medium"},
		"no level of Sigma":             {"urgent", 0, 20, 0, ""},
	} {
		l := &Level{True: c.attacks, False: c.none, Contested: c.contested}
		got := ""
		if l.fit(c.level) {
			got = l.To
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// TestLevelLasts: a precision that has changed is drift, not a level.
func TestLevelLasts(t *testing.T) {
	series := func(classes ...int) (out []cause) {
		for _, c := range classes {
			for range 8 {
				out = append(out, cause{class: c})
			}
		}
		return out
	}
	for _, c := range []struct {
		classes []int
		want    bool
	}{{[]int{1, 1}, true}, {[]int{2, 1}, false}, {[]int{1, 2}, false}} {
		if got := (&Level{From: "high"}).lasts(series(c.classes...)); got != c.want {
			t.Errorf("%v: %t, want %t", c.classes, got, c.want)
		}
	}
}
