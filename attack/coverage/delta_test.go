package coverage_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/attack/coverage"
)

// change is a change of one rule, or of what is known of it, and what becomes of
// its cell.
func TestDelta(t *testing.T) {
	a := func(change ...func(*coverage.Rule)) []coverage.Rule {
		r := rule("a", "T1059.001")
		for _, c := range change {
			c(&r)
		}
		return []coverage.Rule{r}
	}
	curated := []coverage.Recording{recording("r", "T1059.001", coverage.Curated)}
	proof := []coverage.Firing{firing("a", "r")}
	edited := func(r *coverage.Rule) { r.Hash, r.Text = "edited", "edited" }
	stillFires := []coverage.Firing{{Rule: "a", Hash: "edited", Recording: "r", SHA256: "sum of r", Alerts: 1}}
	b := rule("b", "T1059.001")
	b.Logsources = pipes
	for _, c := range []struct {
		name         string
		base, head   coverage.Input
		kind         coverage.Kind
		from, to     coverage.Level
		cause, text  string
		unproven, ok bool // nothing changed
	}{
		{name: "unread", base: coverage.Input{Rules: a()}, head: coverage.Input{Unread: map[string]string{rule("a").Path: "line 3: a tab"}}, kind: coverage.Lost, from: coverage.Tagged, to: coverage.None, cause: "disabled", text: "cannot be read: line 3: a tab"},
		{name: "read again", base: coverage.Input{Unread: map[string]string{rule("a").Path: "line 3: a tab"}}, head: coverage.Input{Rules: a()}, kind: coverage.Gained, from: coverage.None, to: coverage.Tagged, cause: "disabled", text: "can be read again", unproven: true},
		{name: "deleted", base: coverage.Input{Rules: a(), Firings: proof}, head: coverage.Input{}, kind: coverage.Lost, from: coverage.Observed, to: coverage.None, cause: "deleted", text: "gone"},
		{name: "added", base: coverage.Input{}, head: coverage.Input{Rules: a()}, kind: coverage.Gained, from: coverage.None, to: coverage.Tagged, cause: "added", text: "new", unproven: true},
		{name: "added with proof", base: coverage.Input{}, head: coverage.Input{Rules: a(), Firings: proof}, kind: coverage.Gained, from: coverage.None, to: coverage.Observed, cause: "added", text: "new"},
		{name: "edited, and silent now", base: coverage.Input{Rules: a(), Firings: proof}, head: coverage.Input{Rules: a(edited)}, kind: coverage.Weakened, from: coverage.Observed, to: coverage.Tagged, cause: "edited", text: "no longer: r"},
		{name: "edited, and still firing", base: coverage.Input{Rules: a(), Firings: proof}, head: coverage.Input{Rules: a(edited), Firings: stillFires}, ok: true},
		{name: "edited, and firing now", base: coverage.Input{Rules: a()}, head: coverage.Input{Rules: a(edited), Firings: stillFires}, kind: coverage.Strengthened, from: coverage.Tagged, to: coverage.Observed, cause: "edited", text: "now: r"},
		{name: "deprecated", base: coverage.Input{Rules: a(), Firings: proof}, head: coverage.Input{Rules: a(func(r *coverage.Rule) { r.Status = "deprecated" }), Firings: proof}, kind: coverage.Lost, from: coverage.Observed, to: coverage.None, cause: "status", text: "status test became deprecated"},
		{name: "broken", base: coverage.Input{Rules: a()}, head: coverage.Input{Rules: a(func(r *coverage.Rule) { r.Problem = "it has errors" })}, kind: coverage.Lost, from: coverage.Tagged, to: coverage.None, cause: "disabled", text: "it has errors"},
		{name: "taken by a correlation", base: coverage.Input{Rules: a(), Firings: proof}, head: coverage.Input{Rules: a(func(r *coverage.Rule) { r.Feeds = "Many" }), Firings: proof}, kind: coverage.Lost, from: coverage.Observed, to: coverage.None, cause: "correlation", text: "Many"},
		{name: "filtered away", base: coverage.Input{Rules: a(), Firings: proof}, head: coverage.Input{Rules: a(edited, func(r *coverage.Rule) { r.Filters = []string{"Admins"} }),
			Firings: []coverage.Firing{{Rule: "a", Hash: "edited", Recording: "r", SHA256: "sum of r", Suppressed: []coverage.Held{{"Admins", 2}}}}},
			kind: coverage.Weakened, from: coverage.Observed, to: coverage.Tagged, cause: "filter", text: `filter "Admins" keeps back 2 of 2 attack events on r`},
		{name: "stale", base: coverage.Input{Rules: a(), Firings: proof}, head: coverage.Input{Rules: a(edited), Firings: proof}, kind: coverage.Stale, from: coverage.Observed, to: coverage.Tagged, cause: "telemetry", text: "meant something else"},
		{name: "a test fails", base: coverage.Input{Rules: a(), Tests: []coverage.Test{test("a", "fires"), test("a", "silent")}}, head: coverage.Input{Rules: a(), Tests: []coverage.Test{test("a", "fails"), test("a", "silent")}},
			kind: coverage.Weakened, from: coverage.Tested, to: coverage.Tagged, cause: "test", text: "fails"},
		{name: "a test is gone", base: coverage.Input{Rules: a(), Tests: []coverage.Test{test("a", "fires"), test("a", "silent")}}, head: coverage.Input{Rules: a(), Tests: []coverage.Test{test("a", "fires")}},
			kind: coverage.Weakened, from: coverage.Tested, to: coverage.Tagged, cause: "test", text: "its tests changed"},
		{name: "retagged", base: coverage.Input{Rules: a()}, head: coverage.Input{Rules: a(func(r *coverage.Rule) { r.Tags = []string{"attack.t1105"} })}, kind: coverage.Retagged, from: coverage.Tagged, to: coverage.None, cause: "tags", text: "names T1105"},
		{name: "thinned", base: coverage.Input{Rules: append(a(), b)}, head: coverage.Input{Rules: a()}, kind: coverage.Thinned, from: coverage.Tagged, to: coverage.Tagged, cause: "deleted", text: "gone"},
		{name: "thinned by another logsource", base: coverage.Input{Rules: append(a(), b)}, head: coverage.Input{Rules: append(a(), rule("b", "T1059.001"))}, kind: coverage.Thinned, from: coverage.Tagged, to: coverage.Tagged,
			cause: "logsource", text: "it looked at Named Pipe Metadata, and looks at Process Creation"},
		{name: "another title", base: coverage.Input{Rules: a()}, head: coverage.Input{Rules: a(func(r *coverage.Rule) { r.Title, r.Text = "new", "new" })}, ok: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.base.Recordings, c.head.Recordings = curated, curated
			d := coverage.Compare(assess(t, c.base), assess(t, c.head))
			var got *coverage.Change
			for i := range d.Changes {
				if d.Changes[i].Technique == "T1059.001" {
					got = &d.Changes[i]
				}
			}
			if c.ok {
				if len(d.Changes) > 0 {
					t.Errorf("changes: %+v", d.Changes)
				}
				return
			}
			if got == nil {
				t.Fatalf("no change of the cell: %+v", d.Changes)
			}
			if got.Kind != c.kind || got.From != c.from || got.To != c.to || got.Unproven != c.unproven {
				t.Errorf("%s from %s to %s (unproven %t), want %s from %s to %s", got.Kind, got.From, got.To, got.Unproven, c.kind, c.from, c.to)
			}
			if len(got.Causes) != 1 || got.Causes[0].Kind != c.cause || !strings.Contains(got.Causes[0].Text, c.text) {
				t.Errorf("causes %+v, want %s: %s", got.Causes, c.cause, c.text)
			}
			if d.Counts[c.kind] == 0 {
				t.Errorf("counts %v", d.Counts)
			}
		})
	}
}

func TestGate(t *testing.T) {
	curated := []coverage.Recording{recording("r", "T1059.001", coverage.Curated)}
	b := rule("b", "T1059.001")
	b.Logsources = pipes
	retagged := rule("b", "T1105")
	retagged.Logsources = pipes
	edited := rule("a", "T1059.001")
	edited.Hash = "edited"
	lostBase := coverage.Input{Rules: []coverage.Rule{rule("a", "T1059.001")}}
	for _, c := range []struct {
		name       string
		base, head coverage.Input
		gate       func(*coverage.Gate)
		want       []string // why
		waived     int
	}{
		{"lost", lostBase, coverage.Input{}, nil, []string{"lost from 1"}, 0},
		{"lost below the level", lostBase, coverage.Input{}, func(g *coverage.Gate) { g.Lost = coverage.Self }, nil, 0},
		{"lost by retagging", lostBase, coverage.Input{Rules: []coverage.Rule{func() coverage.Rule { r := rule("a", "T1105"); return r }()}}, nil, []string{"lost from 1"}, 0},
		{"weakened", coverage.Input{Rules: []coverage.Rule{rule("a", "T1059.001")}, Firings: []coverage.Firing{firing("a", "r")}}, coverage.Input{Rules: []coverage.Rule{edited}}, nil, []string{"from 3b to 1"}, 0},
		{"thinned to one path", coverage.Input{Rules: []coverage.Rule{rule("a", "T1059.001"), b}}, lostBase, nil, []string{"one data component is left of 2"}, 0},
		{"thinned by retagging", coverage.Input{Rules: []coverage.Rule{rule("a", "T1059.001"), b}}, coverage.Input{Rules: []coverage.Rule{rule("a", "T1059.001"), retagged}}, nil,
			[]string{"one data component is left of 2"}, 0},
		{"thinned where it does not matter", coverage.Input{Rules: []coverage.Rule{rule("a", "T1059.001"), b}}, lostBase, func(g *coverage.Gate) { g.Thin = 0 }, nil, 0},
		{"a new rule with a tag alone", coverage.Input{}, lostBase, func(g *coverage.Gate) { g.Require = coverage.Tested }, []string{`new rule "rule a" reaches 1, 2 is asked for`}, 0},
		{"waived", lostBase, coverage.Input{}, func(g *coverage.Gate) {
			g.Waivers = []coverage.Waiver{{Technique: "T1059.001", Reason: "r", Owner: "me", Expires: now}}
		}, nil, 1},
		{"waived elsewhere", lostBase, coverage.Input{}, func(g *coverage.Gate) {
			g.Waivers = []coverage.Waiver{{Technique: "T1059.001", Platform: "Linux", Reason: "r", Owner: "me", Expires: now}}
		}, []string{"lost from 1"}, 0},
		{"waived anew", lostBase, coverage.Input{}, func(g *coverage.Gate) {
			g.Waivers = []coverage.Waiver{{Technique: "T1059.001", Reason: "r", Owner: "me", Expires: now.AddDate(0, 0, -1)}, {Technique: "T1059.001", Platform: "windows", Reason: "r", Owner: "me", Expires: now}}
		}, nil, 1},
		{"waived until yesterday", lostBase, coverage.Input{}, func(g *coverage.Gate) {
			g.Waivers = []coverage.Waiver{{Technique: "T1059.001", Reason: "r", Owner: "me", Expires: now.AddDate(0, 0, -1)}}
		}, []string{"lost from 1; the waiver of me ended on 2026-11-26"}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.base.Recordings, c.head.Recordings = curated, curated
			base, head := assess(t, c.base), assess(t, c.head)
			d := coverage.Compare(base, head)
			g := coverage.DefaultGate()
			if c.gate != nil {
				c.gate(&g)
			}
			g.Apply(d, base, head, now.Add(time.Hour))
			var got []string
			for _, v := range d.Violations {
				got = append(got, v.Why)
			}
			if diff := cmp.Diff(c.want, got); diff != "" || len(d.Waived) != c.waived {
				t.Errorf("%d waived, (-want +got):\n%s", len(d.Waived), diff)
			}
		})
	}
}

// An upgrade of the facts is told apart, and is no loss of the rules.
func TestTaxonomy(t *testing.T) {
	old, new := facts(t, "18.1"), facts(t, "19.1")
	in := coverage.Input{Rules: []coverage.Rule{rule("a", "T1562.002"), rule("b", "T1059.001")}}
	in.Facts = old
	before := assess(t, in)
	in.Facts = new
	after := assess(t, in)
	if d := coverage.Compare(after, after); len(d.Changes) != 0 {
		t.Errorf("the same rules under the same facts: %+v", d.Changes)
	}
	var got []string
	for _, c := range coverage.Taxonomy(before, after, old, new) {
		got = append(got, string(c.Kind)+" "+c.Technique+": "+c.Causes[0].Kind+": "+c.Causes[0].Text)
	}
	want := []string{
		"lost T1562.002: facts: T1562.002 was replaced by T1685.001 Disable or Modify Windows Event Log",
		"gained T1685.001: facts: T1685.001 is new in 19.1",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// What an upgrade alone does to a cell is told with its cause: platforms only where it is
// about the platform of the cell, and data components where as many rules count.
func TestTaxonomyCauses(t *testing.T) {
	old, new := facts(t, "16.1"), facts(t, "18.1")
	script, classic := rule("b", "T1059.001", "T1027"), rule("c", "T1059.001", "T1027")
	script.Logsources = []coverage.Logsource{{Product: "windows", Category: "ps_script"}}
	classic.Logsources = []coverage.Logsource{{Product: "windows", Category: "ps_classic_start"}}
	esxi := rule("d", "T1027")
	esxi.Logsources = []coverage.Logsource{{Product: "vmware", Service: "esxi"}}
	in := coverage.Input{Rules: []coverage.Rule{rule("a", "T1059.001", "T1027"), script, classic, esxi}, Facts: old}
	before := assess(t, in)
	in.Facts = new
	var got []string
	for _, c := range coverage.Taxonomy(before, assess(t, in), old, new) {
		got = append(got, string(c.Kind)+" "+c.Technique+" "+c.Platform+": "+c.Causes[0].Text)
	}
	want := []string{
		"thinned T1027 Windows: 18.1 lists other data components for T1027",
		"thinned T1059.001 Windows: 18.1 lists other data components for T1059.001",
		"gained T1027 ESXi: T1027 occurred on Linux, macOS, Network, Windows, and occurs on ESXi, Linux, macOS, Network Devices, Windows",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// A waiver holds through its last day, and not at the first moment of the next,
// which is what --now means by a day.
func TestWaiversEndWithTheirDay(t *testing.T) {
	base := assess(t, coverage.Input{Rules: []coverage.Rule{rule("a", "T1059.001")}})
	head := assess(t, coverage.Input{})
	day := now
	for _, c := range []struct {
		at   time.Time
		held int
	}{{day, 0}, {day.AddDate(0, 0, 1).Add(-1), 0}, {day.AddDate(0, 0, 1), 1}} {
		d := coverage.Compare(base, head)
		g := coverage.DefaultGate()
		g.Waivers = []coverage.Waiver{{Technique: "T1059.001", Reason: "r", Owner: "me", Expires: day}}
		g.Apply(d, base, head, c.at)
		if len(d.Violations) != c.held {
			t.Errorf("at %s a waiver until %s lets %d violations stand, want %d", c.at, day, len(d.Violations), c.held)
		}
	}
}

func TestSoleRulesThatAreTouched(t *testing.T) {
	base := coverage.Input{Rules: []coverage.Rule{rule("a", "T1490"), rule("b", "T1105"), rule("c", "T1105")}}
	touched := rule("a", "T1490")
	touched.Text = "other"
	b := rule("b", "T1105")
	b.Text = "other"
	d := coverage.Compare(assess(t, base), assess(t, coverage.Input{Rules: []coverage.Rule{touched, b, rule("c", "T1105")}}))
	if diff := cmp.Diff([]coverage.SoleTouched{{Rule: "a", Title: "rule a", Techniques: []string{"T1490"}}}, d.Sole); diff != "" {
		t.Error(diff)
	}
}
