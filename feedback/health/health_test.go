package health_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xeipuuv/gojsonschema"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/feedback"
	"github.com/socctl/socctl/feedback/health"
	"github.com/socctl/socctl/rules"
)

const ruleset = `title: Noisy
id: 11111111-1111-4111-8111-111111111111
level: high
tags: [attack.execution, attack.t1059]
logsource: {category: process_creation, product: windows}
detection:
    selection: {Image|endswith: '\noisy.exe'}
    condition: selection
---
title: Sole
id: 22222222-2222-4222-8222-222222222222
level: high
tags: [attack.t1003.001]
logsource: {category: process_creation, product: windows}
detection:
    selection: {Image|endswith: '\sole.exe'}
    condition: selection
---
title: Silent
level: critical
tags: [attack.t1059]
logsource: {category: process_creation, product: windows}
detection:
    selection: {Image|endswith: '\silent.exe'}
    condition: selection
---
title: Elsewhere
level: low
logsource: {product: linux, service: auditd}
detection:
    selection: {type: X}
    condition: selection
`

var start = time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)

func program(t *testing.T) *compiler.Program { return programOf(t, ruleset) }

func programOf(t *testing.T, text string) *compiler.Program {
	t.Helper()
	docs, diags := rules.Parse("rules.yml", []byte(text))
	set, more := rules.Assemble(docs)
	p, compiled := compiler.Compile(set, compiler.Options{})
	if len(diags)+len(more)+len(compiled) > 0 {
		t.Fatal(diags, more, compiled)
	}
	return p
}

// replayed replays events, one a line, and returns the health by title.
func replayed(t *testing.T, events string, verdicts []feedback.Verdict) (*health.Report, map[string]health.Rule) {
	t.Helper()
	return replayedBy(t, program(t), events, verdicts)
}

func replayedBy(t *testing.T, p *compiler.Program, events string, verdicts []feedback.Verdict) (*health.Report, map[string]health.Rule) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "events.ndjson")
	if err := os.WriteFile(path, []byte(events), 0o644); err != nil {
		t.Fatal(err)
	}
	in := &health.Input{Program: p, State: feedback.Fold(verdicts, feedback.FoldOptions{}), Tests: map[string]int{}}
	in.Watch = &health.Watch{Replayer: &backtest.Streaming{Recordings: []string{path}}, State: in.State}
	var err error
	if in.Replay, err = backtest.Run(context.Background(), backtest.NewSubject(p, nil), in.Watch, backtest.Options{}); err != nil {
		t.Fatal(err)
	}
	r := health.Assess(in)
	checkSchema(t, r)
	out := map[string]health.Rule{}
	for _, rule := range r.Rules {
		out[rule.Title] = rule
	}
	return r, out
}

func checkSchema(t *testing.T, r *health.Report) {
	t.Helper()
	loader := gojsonschema.NewSchemaLoader()
	loader.AutoDetect, loader.Draft = false, gojsonschema.Draft7
	schema, err := loader.Compile(gojsonschema.NewBytesLoader(health.JSONSchema()))
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	result, err := schema.Validate(gojsonschema.NewBytesLoader(text))
	if err != nil || !result.Valid() {
		t.Errorf("%v %v", err, result.Errors())
	}
	// Every key that is written is told by the schema.
	for _, key := range []string{"to_level", "sole_for", "more_root_causes", "older", "expiry", "gone"} {
		if !strings.Contains(string(health.JSONSchema()), `"`+key+`"`) {
			t.Errorf("the schema does not tell of %s", key)
		}
	}
}

func event(image string, day, n int) string {
	return fmt.Sprintf(`{"Channel":"Microsoft-Windows-Sysmon/Operational","EventID":1,"Computer":"PC%d","User":"ACME\\u%d","Image":"C:\\%s","UtcTime":"%s"}`+"\n",
		n%5, n%3, strings.ReplaceAll(image, `\`, `\\`), start.AddDate(0, 0, day).Add(time.Duration(n)*time.Minute).Format("2006-01-02 15:04:05.000"))
}

// judged is a verdict of alice on an alert of a cause of its own.
func judged(rule string, o feedback.Outcome, n int) feedback.Verdict {
	at := start.AddDate(0, 0, n)
	v := feedback.Verdict{Time: at, Verdict: o, Investigator: feedback.Investigator{Kind: feedback.Human, ID: "alice"},
		Alert: feedback.Alert{RuleID: rule, EventFP: []string{fmt.Sprintf("sha256:%064x", n)}, EventTime: &at}}
	v.Seal()
	return v
}

const noisy, onlyOne = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"

// Silent, untested and unexercised rules are told, and for their reasons.
func TestEveryRuleIsTold(t *testing.T) {
	events := ""
	for day := range 10 {
		events += event(`x\noisy.exe`, day, day)
	}
	r, rules := replayed(t, events, nil)
	if r.Summary.Rules != 4 || r.Summary.Untested != 4 || r.Summary.Judged != 0 || r.Summary.Silent != 3 {
		t.Errorf("%+v", r.Summary)
	}
	for title, want := range map[string]string{"Silent": "silent: nothing in the replay matched, though it could have", "Elsewhere": "no event of the replay could have made it match: its silence says nothing",
		"Noisy": "no verdict tells how precise it is"} {
		if got := strings.Join(rules[title].Reasons, "; "); !strings.Contains(got, want) || !strings.Contains(got, "no test wants it to match") {
			t.Errorf("%s: %s", title, got)
		}
	}
	if n := rules["Noisy"]; n.Volume.Alerts != 10 || n.Volume.ActiveDays != 10 || n.Volume.Hosts != 5 || n.Action != health.Keep {
		t.Errorf("%+v %+v", n, n.Volume)
	}
}

// Verdicts on rules that are not there are told, and not those on a rule with an
// error, which no program has.
func TestRulesThatAreGone(t *testing.T) {
	docs, _ := rules.Parse("rules.yml", []byte(ruleset+"---\ntitle: Broken\nid: 33333333-3333-4333-8333-333333333333\nlogsource: {product: windows}\ndetection: {s: {a|contians: b}, condition: s}\n"))
	set, _ := rules.Assemble(docs)
	p, _ := compiler.Compile(set, compiler.Options{})
	verdicts := []feedback.Verdict{judged(noisy, feedback.FalseLogic, 1), judged("Old Name", feedback.FalseLogic, 2), judged("Old Name", feedback.Malicious, 3),
		judged("44444444-4444-4444-8444-444444444444", feedback.Malicious, 4), judged("33333333-3333-4333-8333-333333333333", feedback.Malicious, 5)}
	r := health.Assess(&health.Input{Program: p, Written: set, State: feedback.Fold(verdicts, feedback.FoldOptions{})})
	checkSchema(t, r)
	want := []health.Gone{{Rule: "44444444-4444-4444-8444-444444444444", Alerts: 1}, {Rule: "Old Name", Alerts: 2}}
	if diff := cmp.Diff(want, r.Gone); diff != "" || r.Summary.Gone != 2 {
		t.Errorf("%d gone\n%s", r.Summary.Gone, diff)
	}
}

// Verdicts make recommendations.
func TestRecommendations(t *testing.T) {
	few, many, one := "", "", ""
	for i := range 60 {
		few += event(`a\noisy.exe`, i%10, i)
		many += event(fmt.Sprintf(`dir%c%c\noisy.exe`, 'a'+i%26, 'a'+i/26), i%10, i)
	}
	one = event(`x\sole.exe`, 1, 1)
	verdicts := func(rule string, bad, good int) (out []feedback.Verdict) {
		for n := range bad {
			out = append(out, judged(rule, feedback.Malicious, n))
		}
		for n := range good {
			out = append(out, judged(rule, feedback.FalseLogic, bad+n))
		}
		return out
	}
	for name, c := range map[string]struct {
		events   string
		verdicts []feedback.Verdict
		title    string
		action   health.Action
		level    string
	}{
		"attacks":                {few, verdicts(noisy, 20, 0), "Noisy", health.Keep, ""},
		"few causes":             {few, verdicts(noisy, 3, 20), "Noisy", health.Tune, ""},
		"many causes":            {many, verdicts(noisy, 3, 20), "Noisy", health.Correlate, ""},
		"too few to learn from":  {few, verdicts(noisy, 0, 2), "Noisy", health.Keep, ""},
		"never right":            {few + event(`x\silent.exe`, 1, 1), verdicts(noisy, 0, 300), "Noisy", health.Retire, ""},
		"not surely never":       {few + event(`x\silent.exe`, 1, 1), verdicts(noisy, 0, 290), "Noisy", health.Tune, ""},
		"never right, but alone": {few, verdicts(noisy, 0, 300), "Noisy", health.SoleCoverage, ""},
		"alone in another way":   {one, verdicts(onlyOne, 0, 300), "Sole", health.SoleCoverage, ""},
		"neither is ever right":  {few + event(`x\silent.exe`, 1, 1), slices.Concat(verdicts(noisy, 0, 300), verdicts("Silent", 0, 300)), "Noisy", health.SoleCoverage, ""},
		"right once":             {few + event(`x\silent.exe`, 1, 1), verdicts(noisy, 1, 600), "Noisy", health.Tune, ""},
		"a level that is low":    {event(`x\y.exe`, 1, 1), verdicts("Elsewhere", 20, 2), "Elsewhere", health.ChangeLevel, "medium"},
		"mostly contested":       {few, slices.Concat(verdicts("Elsewhere", 8, 2), contested("Elsewhere", 100, 20)), "Elsewhere", health.Keep, ""},
		"a level that is high":   {few, verdicts("Silent", 1, 2), "Silent", health.Keep, ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, rules := replayed(t, c.events, c.verdicts)
			if r := rules[c.title]; r.Action != c.action || r.ToLevel != c.level || len(r.Reasons) == 0 {
				t.Errorf("%s %s: %v, precision %+v", r.Action, r.ToLevel, r.Reasons, r.Precision)
			}
		})
	}
}

// contested are verdicts of two who disagree, on alerts counted from a number.
func contested(rule string, from, n int) (out []feedback.Verdict) {
	for i := range n {
		one, other := judged(rule, feedback.Malicious, from+i), judged(rule, feedback.FalseLogic, from+i)
		other.Investigator.ID = "bob"
		other.Seal()
		out = append(out, one, other)
	}
	return out
}

// Ten thousand verdicts on alerts of one cause are one observation, as far as the
// replay shows the cause; and what was judged as the rule was counts where it fires.
func TestCausesCountOnce(t *testing.T) {
	events := ""
	for i := range 30 {
		events += event(`x\noisy.exe`, i%10, i)
	}
	p := program(t)
	path := filepath.Join(t.TempDir(), "e.ndjson")
	if err := os.WriteFile(path, []byte(events), 0o644); err != nil {
		t.Fatal(err)
	}
	var verdicts []feedback.Verdict
	take := func(h *backtest.Hit) {
		e, _, err := h.Load()
		if err != nil {
			t.Fatal(err)
		}
		v := judged(noisy, feedback.FalseLogic, len(verdicts))
		v.Alert.EventFP, v.Alert.RuleHash = []string{e.Fingerprint()}, "sha256:"+strings.Repeat("0", 64)
		v.Seal()
		verdicts = append(verdicts, v)
	}
	if _, err := (&backtest.Streaming{Recordings: []string{path}}).Replay(context.Background(), p, take); err != nil {
		t.Fatal(err)
	}
	gone := judged(noisy, feedback.Malicious, 99)
	gone.Alert.RuleHash = "sha256:" + strings.Repeat("0", 64)
	gone.Seal()
	elsewhere := judged(noisy, feedback.FalseLogic, 98)
	elsewhere.Alert.RuleHash = p.Rules[0].Hash
	elsewhere.Seal()
	_, rules := replayed(t, events, append(verdicts, gone, elsewhere))
	if got := rules["Noisy"].Precision; got.False != 2 || got.True != 0 || got.Alerts != 31 || got.Older != 1 || got.Replayed != 1 {
		t.Errorf("%+v", got)
	}
}

// A rule is not said to match nothing where filters hide what it matches.
func TestSilencedByFilters(t *testing.T) {
	filter := "---\ntitle: F\nlogsource: {category: process_creation, product: windows}\nfilter:\n    rules: [" + noisy +
		"]\n    s: {Image|contains: '\\a\\'}\n    condition: not s\n"
	for image, want := range map[string]string{
		`a\noisy.exe`: "silent: filters hide everything in the replay that it matched (1)",
		`a\other.exe`: "silent: nothing in the replay matched, though it could have",
	} {
		_, rules := replayedBy(t, programOf(t, ruleset+filter), event(image, 1, 1), nil)
		if r := rules["Noisy"]; !r.Silent || !slices.Contains(r.Reasons, want) {
			t.Errorf("%s: %v", image, r.Reasons)
		}
	}
}

// A rule that only a correlation uses is not silent because it raises no alert itself.
func TestInputsOfCorrelations(t *testing.T) {
	correlation := "---\ntitle: C\nlevel: high\ncorrelation:\n    type: event_count\n    rules: [" + noisy + "]\n    group-by: [User]\n    timespan: 1h\n    condition: {gte: 2}\n"
	_, rules := replayedBy(t, programOf(t, ruleset+correlation), event(`x\noisy.exe`, 1, 1), nil)
	if r := rules["Noisy"]; r.Silent || r.Volume.Alerts != 0 || !strings.Contains(strings.Join(r.Reasons, "\n"), "raises no alert itself") {
		t.Errorf("silent %t: %v", r.Silent, r.Reasons)
	}
	if r := rules["C"]; !r.Silent {
		t.Errorf("%v", r.Reasons)
	}
	elsewhere := strings.Replace(ruleset, "title: Elsewhere\n", "title: Elsewhere\nname: elsewhere\n", 1)
	_, rules = replayedBy(t, programOf(t, elsewhere+strings.Replace(correlation, "]\n    group", ", elsewhere]\n    group", 1)), event(`x\noisy.exe`, 1, 1), nil)
	if r := rules["C"]; r.Volume.Verdict != backtest.Partly || !slices.Contains(r.Reasons, "it did not match, and some of its rules could not have") {
		t.Errorf("%s %v", r.Volume.Verdict, r.Reasons)
	}
}

// A verdict that does not count any longer is none.
func TestExpiredVerdicts(t *testing.T) {
	v := judged(onlyOne, feedback.BenignExpected, 1)
	expires := v.Time.AddDate(0, 0, 30)
	v.Expires = &expires
	v.Seal()
	for _, c := range []struct {
		now  time.Time
		want health.Precision
	}{{expires.AddDate(0, 0, -1), health.Precision{False: 1, Expected: 1, Alerts: 1}}, {expires, health.Precision{}}} {
		in := &health.Input{Program: program(t), State: feedback.Fold([]feedback.Verdict{v}, feedback.FoldOptions{Now: c.now})}
		for _, r := range health.Assess(in).Rules {
			p := r.Precision
			if r.ID == onlyOne && (p.False != c.want.False || p.Expected != c.want.Expected || p.Alerts != c.want.Alerts || p.Unclear != 0) {
				t.Errorf("at %s: %+v", c.now, p)
			}
		}
	}
}

func TestDrift(t *testing.T) {
	steady, surge, bursts := "", "", ""
	for day := range 20 {
		for i := range 4 {
			steady += event(`x\noisy.exe`, day, 10*day+i)
		}
		n := 2
		if day >= 12 {
			n = 12
		}
		for i := range n {
			surge += event(`x\noisy.exe`, day, 20*day+i)
		}
		bursts += event(`x\other.exe`, day, day)
		if day%7 == 3 {
			for i := range 40 {
				bursts += event(`x\noisy.exe`, day, i)
			}
		}
	}
	for name, c := range map[string]struct{ events, since string }{"steady": {steady, ""}, "surge": {surge, "2026-05-13"}, "bursts": {bursts, ""}} {
		_, rules := replayed(t, c.events, nil)
		since := ""
		for _, d := range rules["Noisy"].Drift {
			since += d.Since
		}
		if since != c.since {
			t.Errorf("%s: %+v", name, rules["Noisy"].Drift)
		}
	}
	var turned, mixed []feedback.Verdict
	for n := range 40 {
		o, other := feedback.FalseLogic, feedback.FalseLogic
		if n < 20 {
			o = feedback.Malicious
		}
		if n%2 == 0 {
			other = feedback.Malicious
		}
		turned, mixed = append(turned, judged(noisy, o, n)), append(mixed, judged(noisy, other, n))
	}
	_, rules := replayed(t, steady, turned)
	if d := rules["Noisy"].Drift; len(d) != 1 || d[0].Of != "precision" || d[0].Since != "2026-05-21" || d[0].Before != 1 || d[0].After != 0 {
		t.Errorf("turned: %+v", d)
	}
	if _, rules = replayed(t, steady, mixed); len(rules["Noisy"].Drift) > 0 {
		t.Errorf("mixed: %+v", rules["Noisy"].Drift)
	}
}
