package agree

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDifferences(t *testing.T) {
	c := Comparison{
		Ours: Side{Engine: "socctl", Matches: map[string]int{"same": 3, "refused": 2, "error": 5, "null": 1, "lost": 4, "named": 6}},
		Theirs: Side{Engine: "sigma-go", Matches: map[string]int{"same": 3, "null": 7, "routed": 2, "wild": 9, "lost": 3, "named": 2},
			Refused: map[string]string{"refused": "bad condition"}, Errors: map[string]int{"error": 5}},
		Rules: map[string]Rule{"same": {Title: "S"}, "refused": {Title: "A"}, "error": {Title: "B"}, "null": {Title: "C", Text: "    Image: null\n"},
			"routed": {Title: "D"}, "wild": {Title: "E"}, "lost": {Title: "F"}, "named": {Title: "G"}},
		Unrouted: map[string]int{"routed": 2, "wild": 8},
		Bare:     map[string]int{"named": 2, "lost": 2},
	}
	want := []Difference{
		{"refused", "A", 2, 0, "not loaded by it: bad condition"},
		{"error", "B", 5, 0, "it fails on 5 events"},
		{"null", "C", 1, 7, "`null`: a field that is absent is not null to it, so that a filter on that does not hold"},
		{"routed", "D", 0, 2, "routing: the events do not state the rule's logsource, and it tries the rule all the same"},
		{"wild", "E", 0, 9, ""},
		{"lost", "F", 4, 3, ""},
		{"named", "G", 6, 2, "names: our views find the rule's fields under the names that the source has for them"},
	}
	if diff := cmp.Diff(want, c.Differences()); diff != "" {
		t.Error(diff)
	}
}

func TestEqualSidesDoNotDiffer(t *testing.T) {
	same := Side{Matches: map[string]int{"a": 1, "b": 2}}
	if d := (Comparison{Ours: same, Theirs: same}).Differences(); d != nil {
		t.Errorf("%v", d)
	}
}

func TestReasonsAreComplete(t *testing.T) {
	for _, r := range reasons() {
		if r.Reason == "" || r.Engine == "" || !r.More && !r.Fewer || strings.HasSuffix(r.Reason, ".") {
			t.Errorf("incomplete: %+v", r)
		}
	}
}

func TestKnownReasonsAreNarrow(t *testing.T) {
	const wild = "detection:\n  selection:\n    CommandLine|contains:\n      - 'ping*|*find'\n  condition: selection and not 1 of filter_*\n"
	const plain = "detection:\n  selection:\n    CommandLine|contains:\n      - 'ping'\n  condition: selection and not 1 of filter_*\n"
	fewer, more := Difference{Ours: 2, Theirs: 1}, Difference{Ours: 1, Theirs: 2}
	for _, c := range []struct {
		engine string
		d      Difference
		text   string
		known  bool
	}{
		{"sigma-go", fewer, wild, true},
		{"sigma-go-unrouted", fewer, wild, true},
		{"sigma-go", more, wild, false},
		{"sigmalite", fewer, wild, false},
		{"sigma-go", fewer, plain, false},
		{"rsigma", more, "  filter_null:\n    - ParentImage: null\n", false},
		{"sigmalite", more, "  filter_null:\n    - ParentImage: null\n", true},
	} {
		if got := Known(c.engine, c.d, c.text) != ""; got != c.known {
			t.Errorf("%s, %d and %d: known is %t\n%s", c.engine, c.d.Ours, c.d.Theirs, got, c.text)
		}
	}
}

func TestAgain(t *testing.T) {
	const null = "  filter:\n    Image: null\n"
	d := Difference{Ours: 1, Theirs: 2}
	for before, want := range map[string]string{"it fails on 3 events": "it fails on 3 events", "not loaded by it: x": "not loaded by it: x", "": Known("sigmalite", d, null), "older words": Known("sigmalite", d, null)} {
		d.Reason = before
		if got := Again("sigmalite", d, null); got != want {
			t.Errorf("%q becomes %q, want %q", before, got, want)
		}
	}
	d.Reason = "routing"
	if got := Again("rsigma", d, ""); got != "routing" {
		t.Errorf("a measured reason becomes %q", got)
	}
}
