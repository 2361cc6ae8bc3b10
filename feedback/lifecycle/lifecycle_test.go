package lifecycle_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/feedback/health"
	"github.com/socctl/socctl/feedback/lifecycle"
	"github.com/socctl/socctl/rules"
)

var now = time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)

// program compiles rules of one file.
func program(t *testing.T, text string) *compiler.Program {
	t.Helper()
	docs, diags := rules.Parse("rules.yml", []byte(text))
	set, more := rules.Assemble(docs)
	p, compiled := compiler.Compile(set, compiler.Options{})
	if all := append(append(diags, more...), compiled...); all.Count(rules.Error) > 0 {
		t.Fatal(all)
	}
	return p
}

// rule writes a rule; n makes its id.
func rule(n int, attributes, detection string) string {
	return fmt.Sprintf("title: R%d\nid: %d0000000-0000-4000-8000-000000000000\n%s\nlogsource: {category: process_creation, product: windows}\ndetection:\n    s: %s\n    condition: s\n", n, n, attributes, detection)
}

func id(n int) string { return fmt.Sprintf("%d0000000-0000-4000-8000-000000000000", n) }

// evidence is enough for a rule of one detection to become stable.
func evidence(p *compiler.Program) *lifecycle.Input {
	full := 100.0
	in := &lifecycle.Input{Program: p, Criteria: lifecycle.Default(), Now: now, Tests: map[string]lifecycle.Tests{}, Health: &health.Report{},
		Replay: &backtest.Result{Logsources: []backtest.LogsourceReport{{CoveredDays: 100}}}}
	for _, r := range p.Rules {
		in.Tests[health.PlaceOf(r.Source)] = lifecycle.Tests{Passed: 1, Negatives: 1, Decisive: &full}
		line := r.Source.Span.Start.Line
		in.Health.Rules = append(in.Health.Rules, health.Rule{Path: "rules.yml", Line: line, Action: health.Keep, Kind: "rule", Precision: health.Precision{True: 3, Replayed: 3}, Volume: &health.Volume{Alerts: 3, Causes: 3}})
		in.Replay.Rules = append(in.Replay.Rules, backtest.RuleReport{Path: "rules.yml", Line: line, Verdict: backtest.Fired, Logsource: &backtest.Logsource{}})
	}
	return in
}

// Each thing that is asked for keeps a rule from its next status if it is missing.
func TestCriteria(t *testing.T) {
	for _, c := range []struct {
		name     string
		spoil    func(*lifecycle.Input)
		proposal lifecycle.Proposal
		missing  string
	}{
		{"nothing", func(*lifecycle.Input) {}, lifecycle.Promote, ""},
		{"age", func(in *lifecycle.Input) { in.Now = now.AddDate(-1, -3, 0) }, lifecycle.Wait, "age"},
		{"tests", func(in *lifecycle.Input) { in.Tests = nil }, lifecycle.Wait, "tests negatives decisive"},
		{"decisive", func(in *lifecycle.Input) {
			in.Tests["rules.yml:1"] = lifecycle.Tests{Passed: 9, Negatives: 9}
		}, lifecycle.Wait, "decisive"},
		{"days", func(in *lifecycle.Input) { in.Replay.Logsources[0].CoveredDays = 89 }, lifecycle.Wait, "days"},
		{"not exercised", func(in *lifecycle.Input) { in.Replay.Rules[0].Verdict = backtest.Unused }, lifecycle.Wait, "days"},
		{"judged", func(in *lifecycle.Input) { in.Health.Rules[0].Precision.True = 2 }, lifecycle.Wait, "judged"},
		{"no alert of its own", func(in *lifecycle.Input) {
			in.Health.Rules[0].Precision.Replayed, in.Health.Rules[0].Volume.Alerts = 0, 0
		}, lifecycle.Promote, ""},
		{"others were judged than are in the recordings", func(in *lifecycle.Input) { in.Health.Rules[0].Precision.Replayed = 1 }, lifecycle.Wait, "unjudged"},
		{"a test fails", func(in *lifecycle.Input) {
			x := in.Tests["rules.yml:1"]
			x.Failed = 1
			in.Tests["rules.yml:1"] = x
		}, lifecycle.Wait, "1 test did not pass"},
		{"benign", func(in *lifecycle.Input) { in.Replay.Rules[0].Baseline = 2 }, lifecycle.Wait, "it raised 2 alerts in recordings that are known to be benign"},
		{"health", func(in *lifecycle.Input) { in.Health.Rules[0].Action = health.SoleCoverage }, lifecycle.Wait, "socctl health says sole coverage"},
		{"budget", func(in *lifecycle.Input) {
			in.Health.Rules[0].Volume.Budget = &backtest.Verified{State: backtest.Exceeded}
		}, lifecycle.Wait, "it exceeds the budget of its level"},
		{"drift", func(in *lifecycle.Input) {
			in.Health.Rules[0].Drift = []health.Drift{{Of: "volume", Since: "2026-05-06"}}
		}, lifecycle.Wait, "volume changed on 2026-05-06"},
		{"partial", func(in *lifecycle.Input) { in.Replay.Partial = true }, lifecycle.Wait, "a part of the recordings was not read"},
		{"nothing is known", func(in *lifecycle.Input) {
			in.Replay, in.Health, in.Criteria = nil, nil, lifecycle.Criteria{}
		}, lifecycle.NoEvidence, ""},
		{"verdicts alone", func(in *lifecycle.Input) {
			in.Replay, in.Criteria.Stable.Days = nil, 0
		}, lifecycle.Promote, ""},
		{"recordings alone", func(in *lifecycle.Input) {
			in.Health, in.Criteria.Stable.Judged = nil, 0
		}, lifecycle.Promote, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := evidence(program(t, rule(1, "status: test\ndate: 2025-01-02", "{Image: a}")))
			c.spoil(in)
			r := assess(t, in).Rules[0]
			var missing []string
			for _, m := range r.Missing() {
				missing = append(missing, m.Name)
			}
			if got := strings.Join(append(missing, r.Against...), " "); r.Proposal != c.proposal || got != c.missing || r.To != "stable" {
				t.Errorf("%s to %s, missing %q", r.Proposal, r.To, got)
			}
		})
	}
}

// Statuses have a next one, or not.
func TestStatuses(t *testing.T) {
	for status, want := range map[string]string{
		"status: experimental": "promote test", "status: test": "promote stable", "status: stable": "keep ", "status: deprecated": "keep ",
		"status: unsupported": "keep ", "author: nobody": "wait ",
	} {
		r := assess(t, evidence(program(t, rule(1, status+"\ndate: 2025-01-02", "{Image: a}")))).Rules[0]
		if got := string(r.Proposal) + " " + r.To; got != want {
			t.Errorf("%s: %s, not %s", status, got, want)
		}
	}
}

// A correlation could have matched on as many days as the rule that has fewest, and
// none of its rules is deprecated.
func TestCorrelations(t *testing.T) {
	text := rule(1, "name: one\nstatus: test\ndate: 2025-01-02\nlevel: low", "{Image: a, User: b}") + "---\n" + rule(2, "status: test\ndate: 2025-01-02\nlevel: low", "{Image: a}") +
		"---\ntitle: C\nid: " + id(3) + "\nstatus: experimental\ndate: 2025-01-02\ncorrelation: {type: event_count, rules: [one], group-by: [User], timespan: 1h, condition: {gte: 3}}\n"
	p := program(t, text)
	in := evidence(p)
	in.Tests[health.PlaceOf(p.Correlations[0].Source)] = lifecycle.Tests{Passed: 1, Negatives: 1}
	in.Covers = []lifecycle.Cover{{Narrow: p.Rules[0], Wide: p.Rules[1], Sure: true}}
	for _, r := range assess(t, in).Rules {
		if r.Proposal != lifecycle.Promote {
			t.Errorf("%s: %s %v %v", r.Title, r.Proposal, r.Missing(), r.Against)
		}
	}
	in.Replay.Rules[0].Verdict = backtest.Unused
	for _, r := range assess(t, in).Rules {
		if r.Kind == "correlation" && r.Proposal != lifecycle.NoEvidence {
			t.Errorf("%s: %s", r.Title, r.Proposal)
		}
	}
}

// Why there were no days is told as it is, of a correlation by its rules.
func TestDaysText(t *testing.T) {
	for _, c := range []struct {
		replayed backtest.RuleReport
		want     string
	}{
		{backtest.RuleReport{Kind: "rule", Verdict: backtest.Unused}, "no event of its logsource"},
		{backtest.RuleReport{Kind: "rule", Verdict: backtest.Unused, Missing: []string{"A", "B"}}, "it needs what was never recorded, A, B"},
		{backtest.RuleReport{Kind: "rule", Verdict: backtest.Partly, Missing: []string{"A"}}, "never recorded were A"},
		{backtest.RuleReport{Kind: "correlation", Verdict: backtest.Partly, Reason: "some of its rules are not exercised"}, "some of its rules are not exercised"},
		{backtest.RuleReport{Kind: "correlation", Verdict: backtest.Unused, Reason: "rules that it needs are not exercised"}, "rules that it needs are not exercised"},
	} {
		in := evidence(program(t, rule(1, "status: test\ndate: 2025-01-02", "{Image: a}")))
		c.replayed.Path, c.replayed.Line, c.replayed.Logsource = "rules.yml", 1, &backtest.Logsource{}
		in.Replay.Rules[0] = c.replayed
		for _, m := range assess(t, in).Rules[0].Missing() {
			if want := "0 recorded days on which it could have matched (asked 90): " + c.want; m.Name != "days" || m.Text != want {
				t.Errorf("%q, want %q", m.Text, want)
			}
		}
	}
}

// A correlation with an error refers to its rules as well, although no program has it.
func TestBrokenCorrelationRefers(t *testing.T) {
	text := rule(1, "name: one\nstatus: test\nlevel: low", "{Image: a, User: b}") + "---\n" + rule(2, "status: test\nlevel: low", "{Image: a}") +
		"---\ntitle: C\nid: " + id(3) + "\ncorrelation: {type: temporal, rules: [one, misspelt], timespan: 1h}\n"
	docs, _ := rules.Parse("rules.yml", []byte(text))
	set, _ := rules.Assemble(docs)
	p, _ := compiler.Compile(set, compiler.Options{})
	in := evidence(p)
	in.Covers = []lifecycle.Cover{{Narrow: p.Rules[0], Wide: p.Rules[1], Sure: true}}
	for _, c := range []struct {
		correlations []*rules.Correlation
		want         int
	}{{nil, 1}, {set.Correlations, 0}} {
		in.Correlations = c.correlations
		if got := assess(t, in).Summary["deprecate"]; got != c.want || len(p.Correlations) != 0 {
			t.Errorf("%d rules to deprecate, want %d; %d correlations of the program", got, c.want, len(p.Correlations))
		}
	}
}

// Ids are the same in capitals and in small letters.
func TestDeclaredInCapitals(t *testing.T) {
	const small = "abcdef00-0000-4000-8000-000000000000"
	first := strings.ReplaceAll(rule(1, "status: test\nlevel: low", "{Image: a, User: b}"), id(1), small)
	second := rule(2, "status: test\nlevel: low\nrelated: [{id: "+strings.ToUpper(small)+", type: obsolete}]", "{Image: a}")
	p := program(t, first+"---\n"+second)
	in := evidence(p)
	in.Covers = []lifecycle.Cover{{Narrow: p.Rules[0], Wide: p.Rules[1]}}
	if r := assess(t, in).Rules[0]; r.Proposal != lifecycle.Deprecate || r.Successor.Declared != "obsolete" {
		t.Errorf("%s %+v", r.Proposal, r.Successor)
	}
	in.Covers = nil
	for _, r := range assess(t, in).Rules {
		if r.Title == "R1" && !slices.ContainsFunc(r.Against, func(s string) bool { return strings.Contains(s, "declares it obsolete") }) {
			t.Errorf("%v", r.Against)
		}
	}
}

// Who is replaced by whom, of two rules of which the first is covered by the second.
func TestSuccessors(t *testing.T) {
	related := func(n int, kind string) string { return "\nrelated: [{id: " + id(n) + ", type: " + kind + "}]" }
	for _, c := range []struct {
		name, first, second string
		same, unsure        bool
		want                string // who goes, and how it is declared
	}{
		{name: "narrower", want: "R1 "},
		{name: "declared", second: related(1, "obsolete"), want: "R1 obsolete"},
		{name: "derived", second: related(1, "derived"), want: "R1 derived"},
		{name: "side by side on purpose", second: related(1, "similar")},
		{name: "side by side, as the narrow one says", first: related(2, "similar")},
		{name: "replaced after all", first: related(2, "similar"), second: related(1, "obsolete"), want: "R1 obsolete"},
		{name: "the proof has a condition", unsure: true},
		{name: "the author says so", unsure: true, second: related(1, "merged"), want: "R1 merged"},
		{name: "the wider one is less tested", first: "\nstatus: stable"},
		{name: "the wider one is of a lower level", first: "\nlevel: high"},
		{name: "a technique would be lost", first: "\ntags: [attack.t1059]"},
		{name: "the wider one has it, too", first: "\ntags: [attack.t1059]", second: "\ntags: [attack.t1059, attack.t1033]", want: "R1 "},
		{name: "the wider one is given up", second: "\nstatus: deprecated"},
		{name: "equal, the first is older", same: true, first: "\ndate: 2025-01-01", second: "\ndate: 2025-02-01", want: "R2 "},
		{name: "equal, the second is better tested", same: true, second: "\nstatus: stable", want: "R1 "},
		{name: "equal, the second is declared to replace it", same: true, first: "\ndate: 2025-01-01", second: "\ndate: 2025-02-01" + related(1, "renamed"), want: "R1 renamed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			attributes := func(own string) string {
				for _, d := range []string{"status: test", "level: low", "date: 2025-03-01"} {
					if key, _, _ := strings.Cut(d, ":"); !strings.Contains(own, "\n"+key+":") {
						own += "\n" + d
					}
				}
				return strings.TrimPrefix(own, "\n")
			}
			p := program(t, rule(1, attributes(c.first), "{Image: a, User: b}")+"---\n"+rule(2, attributes(c.second), "{Image: a}"))
			in := evidence(p)
			in.Covers = []lifecycle.Cover{{Narrow: p.Rules[0], Wide: p.Rules[1], Same: c.same, Sure: !c.unsure}}
			if c.same {
				in.Covers = append(in.Covers, lifecycle.Cover{Narrow: p.Rules[1], Wide: p.Rules[0], Same: true, Sure: true})
			}
			got := ""
			report := assess(t, in)
			for _, r := range report.Rules {
				if r.Proposal == lifecycle.Deprecate {
					got += r.Title + " " + r.Successor.Declared
				}
			}
			if got != c.want {
				t.Errorf("%q goes", got)
			}
		})
	}
}

// Rules that mean the same go in favour of one, and chains end at the one that stays.
func TestOneStays(t *testing.T) {
	text := ""
	for n, detection := range []string{"{Image: a, User: b, Mark: c}", "{Image: a, User: b, Mark: c}", "{Image: a, User: b}", "{Image: a}"} {
		text += rule(n+1, "status: test\nlevel: low\ndate: 2025-03-01", detection) + "---\n"
	}
	p := program(t, strings.TrimSuffix(text, "---\n"))
	in := evidence(p)
	for narrow := range 3 {
		if narrow == 1 {
			continue // whose hash is that of the first
		}
		for wide := max(2, narrow+1); wide < 4; wide++ {
			in.Covers = append(in.Covers, lifecycle.Cover{Narrow: p.Rules[narrow], Wide: p.Rules[wide], Sure: true})
		}
	}
	report := assess(t, in)
	got := map[string]string{}
	for _, r := range report.Rules {
		if r.Successor != nil {
			got[r.Title] = r.Successor.Title
		}
	}
	if diff := cmp.Diff(map[string]string{"R1": "R4", "R2": "R4", "R3": "R4"}, got); diff != "" {
		t.Error(diff)
	}
	writes := map[string]lifecycle.Write{}
	for _, w := range report.Writes() {
		writes[w.Place] = w
	}
	heir := writes[health.PlaceOf(p.Rules[3].Source)]
	if heir.Status != "stable" || len(heir.Related) != 3 || heir.Related[0] != (lifecycle.Relation{ID: id(1), Type: "obsolete"}) {
		t.Errorf("%+v", heir)
	}
}

// A rule that another one declares obsolete without covering it is told why, with an
// event that only it matches.
func TestDeclaredInVain(t *testing.T) {
	p := program(t, rule(1, "status: test\nlevel: low", "{Image: a}")+"---\n"+
		rule(2, "status: test\nlevel: low\nrelated: [{id: "+id(1)+", type: obsolete}]", "{Image: a, User: b}"))
	for _, r := range assess(t, evidence(p)).Rules {
		if r.Title != "R1" {
			continue
		}
		if text := strings.Join(r.Against, "; "); r.Proposal != lifecycle.Wait || !strings.Contains(text, "R2 declares it obsolete") || !strings.Contains(text, "such as an event with Image: a") {
			t.Errorf("%s: %s", r.Proposal, text)
		}
	}
}

func TestParseCriteria(t *testing.T) {
	parse := func(text string) (lifecycle.Criteria, rules.Diagnostics) {
		docs, diags := rules.ParseNodes("c.yml", []byte(text))
		if len(diags) > 0 {
			t.Fatal(diags)
		}
		return lifecycle.ParseCriteria(docs[0])
	}
	got, diags := parse("test: {days: 3, decisive: 12.5}\nstable: {unjudged: 7}\n")
	want := lifecycle.Default()
	want.Test.Days, want.Test.Decisive, want.Stable.Unjudged = 3, 12.5, 7
	if diff := cmp.Diff(want, got); diff != "" || len(diags) > 0 {
		t.Error(diags, diff)
	}
	for text, message := range map[string]string{
		"tets: {}\n":              "did you mean test?",
		"test: {dayz: 1}\n":       "did you mean days?",
		"test: {days: -1}\n":      "at least 0",
		"test: {days: many}\n":    `found "many"`,
		"test: {decisive: 101}\n": "from 0 to 100",
		"test: [1]\n":             "must be a map",
		"stable: {age: [1]}\n":    "at least 0",
	} {
		_, diags := parse(text)
		if len(diags) != 1 || !strings.Contains(diags[0].Message+diags[0].Help, message) || diags[0].Code != "config/lifecycle" || !diags[0].Span.Known() {
			t.Errorf("%s: %v", text, diags)
		}
	}
}
