package coverage_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/attack"
	"github.com/socctl/socctl/attack/coverage"
)

var (
	processes = []coverage.Logsource{{Product: "windows", Category: "process_creation"}}
	pipes     = []coverage.Logsource{{Product: "windows", Category: "pipe_created"}}
	now       = time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC)
)

func facts(t testing.TB, release string) *attack.Facts {
	t.Helper()
	f, err := attack.Load(release)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// rule returns a sound rule that names techniques.
func rule(key string, tags ...string) coverage.Rule {
	for i := range tags {
		tags[i] = "attack." + strings.ToLower(tags[i])
	}
	return coverage.Rule{Key: key, ID: key, Title: "rule " + key, Path: "rules/" + key + ".yml", Line: 1, Tags: tags, Severity: "high", Status: "test",
		Hash: "hash of " + key, Text: "text of " + key, Logsources: processes}
}

func test(key, kind string) coverage.Test {
	return coverage.Test{Rule: key, Hash: "hash of " + key, Name: kind, Positive: kind != "silent", Negative: kind == "silent", Passed: kind != "fails", Recorded: kind == "recorded"}
}

func recording(id, technique string, basis coverage.Basis) coverage.Recording {
	return coverage.Recording{ID: id, SHA256: "sum of " + id, Platform: "Windows", Techniques: []coverage.Label{{ID: technique, Basis: basis, Reason: "seen"}}}
}

func firing(key, id string) coverage.Firing {
	return coverage.Firing{Rule: key, Hash: "hash of " + key, Recording: id, SHA256: "sum of " + id, Alerts: 2, First: &coverage.Occurrence{Record: 7}}
}

func assess(t testing.TB, in coverage.Input, change ...func(*coverage.Options)) *coverage.Report {
	t.Helper()
	if in.Facts == nil {
		in.Facts = facts(t, "19.1")
	}
	o := coverage.Defaults()
	o.Now = now
	for _, c := range change {
		c(&o)
	}
	return coverage.Assess(&in, o)
}

func technique(t testing.TB, r *coverage.Report, id string) *coverage.Technique {
	t.Helper()
	for i := range r.Techniques {
		if r.Techniques[i].ID == id {
			return &r.Techniques[i]
		}
	}
	t.Fatalf("no technique %s", id)
	return nil
}

func cell(t testing.TB, r *coverage.Report, id, platform string) coverage.Cell {
	t.Helper()
	for _, c := range technique(t, r, id).Cells {
		if c.Platform == platform {
			return c
		}
	}
	return coverage.Cell{}
}

// Every level has its conditions, and nothing else gives it.
func TestLevels(t *testing.T) {
	with := func(r coverage.Rule, change func(*coverage.Rule)) coverage.Rule { change(&r); return r }
	yes, no := true, false
	verdicts := func(right, wrong int, latest time.Time, benign *bool) []coverage.Verdict {
		return []coverage.Verdict{{Rule: "a", Hash: "hash of a", True: right, False: wrong, Latest: latest, Benign: benign}}
	}
	curated := []coverage.Recording{recording("r", "T1059.001", coverage.Curated)}
	fired := []coverage.Firing{firing("a", "r")}
	sound := rule("a", "T1059.001")
	for _, c := range []struct {
		name string
		in   coverage.Input
		want coverage.Level
		flag string // part of a flag of the support
	}{
		{"a tag", coverage.Input{}, coverage.Tagged, ""},
		{"a status that is over", coverage.Input{Rules: []coverage.Rule{with(sound, func(r *coverage.Rule) { r.Status = "deprecated" })}}, coverage.None, "status deprecated"},
		{"a rule that does not compile", coverage.Input{Rules: []coverage.Rule{with(sound, func(r *coverage.Rule) { r.Problem = "it cannot be compiled" })}}, coverage.None, "cannot be compiled"},
		{"a rule that only feeds a correlation", coverage.Input{Rules: []coverage.Rule{with(sound, func(r *coverage.Rule) { r.Feeds = "Many of them" })}, Recordings: curated, Firings: fired}, coverage.None, "only feeds the correlation Many of them"},
		{"a positive test alone", coverage.Input{Tests: []coverage.Test{test("a", "fires")}}, coverage.Tagged, ""},
		{"a negative test alone", coverage.Input{Tests: []coverage.Test{test("a", "silent")}}, coverage.Tagged, ""},
		{"both", coverage.Input{Tests: []coverage.Test{test("a", "fires"), test("a", "silent")}}, coverage.Tested, ""},
		{"a test of another state", coverage.Input{Tests: []coverage.Test{{Rule: "a", Hash: "other", Name: "old", Positive: true, Passed: true}, test("a", "silent")}}, coverage.Tagged, "ran on another state"},
		{"a regression test of its own", coverage.Input{Tests: []coverage.Test{test("a", "recorded")}}, coverage.Self, ""},
		{"a recording for another rule", coverage.Input{Recordings: []coverage.Recording{recording("r", "T1059.001", coverage.RuleRegression)}, Firings: fired}, coverage.Tagged, ""},
		{"a recording by name only", coverage.Input{Recordings: []coverage.Recording{recording("r", "T1059.001", coverage.FileName)}, Firings: fired}, coverage.Tagged, ""},
		{"a recording with metadata", coverage.Input{Recordings: []coverage.Recording{recording("r", "T1059.001", coverage.DatasetMetadata)}, Firings: fired}, coverage.Observed, ""},
		{"a curated recording", coverage.Input{Recordings: curated, Firings: fired}, coverage.Observed, ""},
		{"silence on it", coverage.Input{Recordings: curated}, coverage.Tagged, ""},
		{"a firing of another state of the rule", coverage.Input{Recordings: curated, Firings: []coverage.Firing{{Rule: "a", Hash: "other", Recording: "r", SHA256: "sum of r", Alerts: 1}}}, coverage.Tagged, "stale: it was replayed on r"},
		{"a firing on another recording of that name", coverage.Input{Recordings: curated, Firings: []coverage.Firing{{Rule: "a", Hash: "hash of a", Recording: "r", SHA256: "other", Alerts: 1}}}, coverage.Tagged, "another state of r"},
		{"a filter that keeps everything back", coverage.Input{Recordings: curated, Firings: []coverage.Firing{{Rule: "a", Hash: "hash of a", Recording: "r", SHA256: "sum of r", Suppressed: []coverage.Held{{"Admins", 14}}}}}, coverage.Tagged, `filter "Admins" keeps back 14 of 14 attack events`},
		{"a failing test beside 3b", coverage.Input{Recordings: curated, Firings: fired, Tests: []coverage.Test{test("a", "fails")}, Verdicts: verdicts(100, 0, now, &yes)}, coverage.Tagged, "held at 1: a test fails"},
		{"good verdicts", coverage.Input{Recordings: curated, Firings: fired, Verdicts: verdicts(20, 0, now, &yes)}, coverage.Proven, ""},
		{"good verdicts without 3b", coverage.Input{Verdicts: verdicts(20, 0, now, &yes)}, coverage.Tagged, ""},
		{"few verdicts", coverage.Input{Recordings: curated, Firings: fired, Verdicts: verdicts(9, 0, now, &yes)}, coverage.Observed, "9 verdicts, 10 are needed"},
		{"bad verdicts", coverage.Input{Recordings: curated, Firings: fired, Verdicts: verdicts(8, 4, now, &yes)}, coverage.Observed, "precision at least 0.39"},
		{"old verdicts", coverage.Input{Recordings: curated, Firings: fired, Verdicts: verdicts(20, 0, now.AddDate(0, 0, -181), &yes)}, coverage.Observed, "older than 180 days"},
		{"noise", coverage.Input{Recordings: curated, Firings: fired, Verdicts: verdicts(20, 0, now, &no)}, coverage.Observed, "beyond its budget"},
		{"noise unknown", coverage.Input{Recordings: curated, Firings: fired, Verdicts: verdicts(20, 0, now, nil)}, coverage.Observed, "not replayed on recordings that are known to be benign"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.in.Rules == nil {
				c.in.Rules = []coverage.Rule{sound}
			}
			got := cell(t, assess(t, c.in), "T1059.001", "Windows")
			if got.Level != c.want {
				t.Errorf("level %s, want %s: %+v", got.Level, c.want, got.Supports)
			}
			if flags := fmt.Sprint(got.Supports[0].Flags); !strings.Contains(flags, c.flag) || c.flag == "" && flags != "[]" {
				t.Errorf("flags %s, want %q", flags, c.flag)
			}
		})
	}
}

// A recording of a campaign proves nothing about each of its techniques, unless
// it is said which events are meant.
func TestCampaignsAreNoEvidence(t *testing.T) {
	rec := recording("r", "T1059.001", coverage.DatasetMetadata)
	for _, id := range []string{"T1105", "T1082", "T1033"} {
		rec.Techniques = append(rec.Techniques, coverage.Label{ID: id, Basis: coverage.DatasetMetadata})
	}
	in := coverage.Input{Rules: []coverage.Rule{rule("a", "T1059.001")}, Recordings: []coverage.Recording{rec}, Firings: []coverage.Firing{firing("a", "r")}}
	if got := cell(t, assess(t, in), "T1059.001", "Windows").Level; got != coverage.Tagged {
		t.Errorf("the whole recording gives %s", got)
	}
	in.Recordings[0].Records = []int{7}
	if got := cell(t, assess(t, in), "T1059.001", "Windows").Level; got != coverage.Observed {
		t.Errorf("its part gives %s", got)
	}
}

// What a rule earns depends on how its tag and the label stand to each other.
func TestParentsAndSubs(t *testing.T) {
	for _, c := range []struct {
		tag, label string
		want       map[string]coverage.Level
	}{
		{"T1003.001", "T1003.001", map[string]coverage.Level{"T1003.001": coverage.Observed, "T1003": coverage.None}},
		{"T1003", "T1003.001", map[string]coverage.Level{"T1003.001": coverage.Observed, "T1003": coverage.Observed}},
		{"T1003.001", "T1003", map[string]coverage.Level{"T1003.001": coverage.Tagged, "T1003": coverage.Observed}},
		{"T1003.001", "T1003.002", map[string]coverage.Level{"T1003.001": coverage.Tagged, "T1003.002": coverage.None, "T1003": coverage.None}},
		{"T1562.002", "T1562.002", map[string]coverage.Level{"T1685.001": coverage.Observed}}, // both retired since 19
	} {
		r := assess(t, coverage.Input{Rules: []coverage.Rule{rule("a", c.tag)}, Recordings: []coverage.Recording{recording("r", c.label, coverage.Curated)}, Firings: []coverage.Firing{firing("a", "r")}})
		for id, want := range c.want {
			if got := technique(t, r, id).Level; got != want {
				t.Errorf("a rule for %s on %s: %s has %s, want %s", c.tag, c.label, id, got, want)
			}
		}
	}
}

// A rule that names a sub-technique itself is not doubted for naming its parent as
// well, in whatever order.
func TestTheTagOfTheTechniqueItselfCounts(t *testing.T) {
	for _, tags := range [][]string{{"T1071", "T1071.001"}, {"T1071.001", "T1071"}} {
		proxy := rule("a", tags...)
		proxy.Logsources = []coverage.Logsource{{Category: "proxy"}}
		in := coverage.Input{Rules: []coverage.Rule{proxy}, Recordings: []coverage.Recording{recording("r", "T1071.001", coverage.Curated)}, Firings: []coverage.Firing{firing("a", "r")}}
		got := cell(t, assess(t, in), "T1071.001", "Windows").Supports[0]
		if got.Via != "" || strings.Contains(fmt.Sprint(got.Doubts), "the rule names T1071") {
			t.Errorf("a rule that names %v is doubted: via %q, %v", tags, got.Via, got.Doubts)
		}
	}
}

// Rows of a configuration that tell platforms alone leave the components to the
// table.
func TestComponentsOfTheFirstRowThatNamesThem(t *testing.T) {
	zeek := rule("a", "T1071.001")
	zeek.Logsources = []coverage.Logsource{{Product: "zeek", Service: "http"}}
	r := assess(t, coverage.Input{Rules: []coverage.Rule{zeek}}, func(o *coverage.Options) {
		o.Sources = []coverage.Source{{Logsource: coverage.Logsource{Product: "zeek"}, Platforms: []string{"Linux"}}}
	})
	if got := cell(t, r, "T1071.001", "Linux"); got.Level != coverage.Tagged || !cmp.Equal(got.Paths, []string{"Network Traffic Content"}) {
		t.Errorf("level %s by %q", got.Level, got.Paths)
	}
}

func TestPlatforms(t *testing.T) {
	mac := rule("a", "T1059.001", "T1548.006") // PowerShell, and TCC manipulation of macOS
	mac.Logsources = []coverage.Logsource{{Product: "macos", Category: "process_creation"}}
	proxy := rule("b", "T1071.001")
	proxy.Logsources = []coverage.Logsource{{Category: "proxy"}}
	pre := rule("c", "T1587.001")
	r := assess(t, coverage.Input{Rules: []coverage.Rule{mac, proxy, pre}})
	if got := technique(t, r, "T1059.001"); got.Level != coverage.None {
		t.Errorf("a rule of macOS gives PowerShell %s", got.Level)
	}
	if got := cell(t, r, "T1548.006", "macOS").Level; got != coverage.Tagged {
		t.Errorf("and the technique of macOS %s", got)
	}
	if got := cell(t, r, "T1071.001", coverage.AnyPlatform).Level; got != coverage.Tagged {
		t.Errorf("a rule without a product: %s", got)
	}
	if got := cell(t, r, "T1071.001", "Windows").Level; got != coverage.None {
		t.Errorf("a rule without a product gives Windows %s", got)
	}
	if got := technique(t, r, "T1587.001"); got.InScope || got.Outside == "" {
		t.Errorf("PRE is in scope: %+v", got)
	}
	if got := r.Summary.Techniques.Total(); got != 601 {
		t.Errorf("%d techniques in scope, want 601", got)
	}
	only := assess(t, coverage.Input{Rules: []coverage.Rule{mac}}, func(o *coverage.Options) { o.Platforms = []string{"Linux"} })
	if len(only.Platforms) != 1 || only.Platforms[0].Cells.Total() != 355 {
		t.Errorf("Linux alone: %+v", only.Platforms)
	}
	where := assess(t, coverage.Input{Rules: []coverage.Rule{rule("a", "T1059.001")}}, func(o *coverage.Options) {
		o.Logsources = []coverage.Logsource{{Product: "linux"}}
	})
	if got := cell(t, where, "T1059.001", "Windows"); got.Level != coverage.None || !strings.Contains(fmt.Sprint(got.Supports[0].Flags), "not collected") {
		t.Errorf("a logsource that is not collected gives %s", got.Level)
	}
}

func TestConfidenceHasReasons(t *testing.T) {
	weak := rule("a", "T1055", "T1105", "T1082", "T1033")
	weak.Severity, weak.Status, weak.Tags = "low", "experimental", append(weak.Tags, "detection.threat-hunting")
	got := cell(t, assess(t, coverage.Input{Rules: []coverage.Rule{weak}}), "T1055", "Windows")
	want := []string{"the rule names 4 techniques", "level low", "status experimental", "a rule for hunting", "the tag names a technique that has sub-techniques, and none of them", "it hangs on one rule"}
	if diff := cmp.Diff(want, got.Doubts); diff != "" || got.Confidence != coverage.Low {
		t.Errorf("confidence %s (-want +got):\n%s", got.Confidence, diff)
	}
	two := cell(t, assess(t, coverage.Input{Rules: []coverage.Rule{rule("a", "T1059.001"), rule("b", "T1059.001")}}), "T1059.001", "Windows")
	if two.Confidence != coverage.High || len(two.Doubts) > 0 {
		t.Errorf("two sound rules: %s, %v", two.Confidence, two.Doubts)
	}
	// The command line of a process tells nothing of a change of the firmware of
	// a network device, says ATT&CK.
	odd := rule("a", "T1542.003")
	odd.Logsources = []coverage.Logsource{{Product: "windows", Category: "dns_query"}}
	if doubts := fmt.Sprint(cell(t, assess(t, coverage.Input{Rules: []coverage.Rule{odd}}), "T1542.003", "Windows").Doubts); !strings.Contains(doubts, "ATT&CK does not list what the rule looks at") {
		t.Errorf("doubts of an odd component: %s", doubts)
	}
}

func TestDepthAndPaths(t *testing.T) {
	b := rule("b", "T1021.002")
	b.Logsources = pipes
	r := assess(t, coverage.Input{Rules: []coverage.Rule{rule("a", "T1021.002"), rule("c", "T1021.002"), b, rule("d", "T1490")}})
	got := technique(t, r, "T1021.002")
	if got.Depth != 3 || len(got.Paths) != 2 {
		t.Errorf("depth %d by %v, want 3 rules by two components", got.Depth, got.Paths)
	}
	for _, x := range r.Rules {
		if want := map[string][]string{"d": {"T1490"}}[x.Key]; !cmp.Equal(want, x.SoleFor) {
			t.Errorf("rule %s is alone for %v, want %v", x.Key, x.SoleFor, want)
		}
	}
	if c := cell(t, r, "T1490", "Windows"); c.Sole != "d" {
		t.Errorf("the sole rule of T1490 is %q", c.Sole)
	}
}

// A parent counts by rules of its own; its sub-techniques are a fraction.
func TestRollUp(t *testing.T) {
	in := coverage.Input{Rules: []coverage.Rule{rule("a", "T1059.001"), rule("b", "T1059.003")}}
	r := assess(t, in)
	p := technique(t, r, "T1059")
	if p.Level != coverage.None || p.Subs == nil || p.Subs.With != 2 || p.Subs.Total != 13 || p.Subs.Level != coverage.Tagged {
		t.Errorf("T1059 has %s, subs %+v", p.Level, p.Subs)
	}
	if p := technique(t, assess(t, in, func(o *coverage.Options) { o.Subs = 2 }), "T1059"); p.Level != coverage.Tagged || p.Through != "subs" {
		t.Errorf("with two subs asked for T1059 has %s through %q", p.Level, p.Through)
	}
	if sub := technique(t, assess(t, coverage.Input{Rules: []coverage.Rule{rule("a", "T1059")}}), "T1059.001"); sub.Level != coverage.None {
		t.Errorf("a rule for the parent gives the sub %s", sub.Level)
	}
}

// Tactics count by facts: whatever a rule says of them.
func TestTacticsCountByFacts(t *testing.T) {
	a := rule("a", "T1574.001")
	a.Tags = append(a.Tags, "attack.persistence", "attack.stealth") // persistence is v18
	r := assess(t, coverage.Input{Rules: []coverage.Rule{a}})
	for _, tactic := range r.Tactics {
		want := 0
		if tactic.Key == "stealth" || tactic.Key == "execution" {
			want = 1
		}
		if got := tactic.Techniques.AtLeast(coverage.Tagged); got != want {
			t.Errorf("%s has %d, want %d", tactic.Key, got, want)
		}
	}
	if got := technique(t, r, "T1574.001").Intended; !cmp.Equal(got, []string{"stealth"}) {
		t.Errorf("intended: %v", got)
	}
	if len(r.Tactics) != 15 {
		t.Errorf("%d tactics", len(r.Tactics))
	}
}

func TestTagsThatLeadNowhere(t *testing.T) {
	r := assess(t, coverage.Input{Rules: []coverage.Rule{rule("a", "T9999")}})
	var got []string
	for _, u := range r.Unresolved {
		got = append(got, u.Tag+": "+u.Why)
	}
	want := []string{"attack.t9999: ATT&CK 19.1 does not know it"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestComponentQuadrants(t *testing.T) {
	quadrant := func(r *coverage.Report, name string) coverage.Quadrant {
		for _, c := range r.Components {
			if c.Name == name {
				return c.Quadrant
			}
		}
		return "absent"
	}
	in := coverage.Input{Rules: []coverage.Rule{rule("a", "T1059.001")}}
	unknown := assess(t, in)
	in.Telemetry = []coverage.Logsource{{Product: "windows", Category: "file_event"}}
	seen := assess(t, in)
	all := assess(t, in, func(o *coverage.Options) { o.Logsources = []coverage.Logsource{{Product: "windows"}} })
	for _, c := range []struct {
		report *coverage.Report
		name   string
		want   coverage.Quadrant
	}{
		{unknown, "Process Creation", coverage.Ruled}, {unknown, "File Creation", coverage.Unruled},
		{seen, "Process Creation", coverage.DeadRules}, {seen, "File Creation", coverage.Untapped}, {seen, "Network Traffic Flow", coverage.Blind},
		{all, "Process Creation", coverage.Watched}, {all, "File Creation", coverage.Untapped},
	} {
		if got := quadrant(c.report, c.name); got != c.want {
			t.Errorf("%s is %s, want %s", c.name, got, c.want)
		}
	}
}

func TestAlsoFiredIsNoEvidence(t *testing.T) {
	r := assess(t, coverage.Input{Rules: []coverage.Rule{rule("a", "T1059.001")}, Recordings: []coverage.Recording{recording("r", "T1490", coverage.Curated)}, Firings: []coverage.Firing{firing("a", "r")}})
	if technique(t, r, "T1490").Level != coverage.None {
		t.Error("a rule that does not name the technique gives evidence for it")
	}
	if diff := cmp.Diff([]coverage.AlsoFired{{Rule: "a", Techniques: []string{"T1490"}, Recording: "r", Alerts: 2}}, r.AlsoFired); diff != "" {
		t.Error(diff)
	}
}

// A rule that was replayed when it meant something else is no hint at a tag.
func TestStaleFiringsAreNoHints(t *testing.T) {
	old := firing("a", "r")
	old.Hash = "other"
	r := assess(t, coverage.Input{Rules: []coverage.Rule{rule("a", "T1059.001")}, Recordings: []coverage.Recording{recording("r", "T1490", coverage.Curated)}, Firings: []coverage.Firing{old}})
	if len(r.AlsoFired) > 0 {
		t.Errorf("%+v", r.AlsoFired)
	}
}

// The figures of Wilson's interval that stand in every textbook.
func TestWilson(t *testing.T) {
	for _, c := range []struct {
		hits, n int
		want    float64
	}{{3, 3, 0.44}, {5, 5, 0.57}, {10, 10, 0.72}, {9, 10, 0.60}, {18, 20, 0.70}, {20, 20, 0.84}, {90, 100, 0.83}, {0, 10, 0}, {0, 0, 0}} {
		if got := coverage.Wilson(c.hits, c.n); math.Abs(got-c.want) > 0.005 {
			t.Errorf("%d of %d: %.3f, want %.2f", c.hits, c.n, got, c.want)
		}
	}
}

func TestWeights(t *testing.T) {
	in := coverage.Input{Rules: []coverage.Rule{rule("a", "T1059.001")}}
	powershell := technique(t, assess(t, in), "T1059.001")
	if powershell.Groups < 50 || powershell.Weight != 1+float64(powershell.Groups) {
		t.Errorf("PowerShell weighs %g with %d groups", powershell.Weight, powershell.Groups)
	}
	equal := assess(t, in, func(o *coverage.Options) { o.Weight = coverage.Equally })
	if want := 0.1 / 601; math.Abs(equal.Summary.Score-want) > 1e-9 {
		t.Errorf("score %g, want %g", equal.Summary.Score, want)
	}
	own := assess(t, in, func(o *coverage.Options) {
		o.Weight, o.Custom = coverage.Custom, map[string]float64{"T1059.001": 600}
	})
	if want := 0.1 * 600 / 1200; math.Abs(own.Summary.Score-want) > 1e-9 {
		t.Errorf("score %g, want %g", own.Summary.Score, want)
	}
}
