package aftercare_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
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
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/feedback"
	"github.com/socctl/socctl/feedback/aftercare"
	"github.com/socctl/socctl/rules"
)

const (
	ruleID  = "11111111-1111-4111-8111-111111111111"
	otherID = "22222222-2222-4222-8222-222222222222"

	ruleset = `title: Loud
id: 11111111-1111-4111-8111-111111111111
logsource: {category: process_creation, product: windows}
detection:
    selection: {Image|endswith: '\loud.exe'}
    condition: selection
---
title: Other
id: 22222222-2222-4222-8222-222222222222
logsource: {category: process_creation, product: windows}
detection:
    selection: {Image|endswith: '.exe'}
    condition: selection
---
title: Backup
date: 2026-05-01
logsource: {category: process_creation, product: windows}
filter:
    rules: [11111111-1111-4111-8111-111111111111]
    selection: {User: backup}
    condition: not selection
socctl: {owner: soc, expires: 2026-09-01, rate: RATE}
`
)

var now = time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC)

// event is a record of a day of May 2026, counted from 1.
func event(image, user string, day, second int) string {
	at := time.Date(2026, 5, day, 8, 0, second, 0, time.UTC)
	return fmt.Sprintf(`{"Channel":"Microsoft-Windows-Sysmon/Operational","EventID":1,"Computer":"PC","User":%q,"Image":"C:\\%s","ProcessId":%d,"UtcTime":%q}`,
		user, image, second, at.Format("2006-01-02 15:04:05.000")) + "\n"
}

// lab is a set of rules with recordings and verdicts.
type lab struct {
	t        *testing.T
	program  *compiler.Program
	policy   feedback.Policy
	filters  []*rules.Filter
	hidden   *aftercare.Hidden
	verdicts []feedback.Verdict
}

func newLab(t *testing.T, rate, events string) *lab {
	t.Helper()
	return newLabOf(t, strings.Replace(ruleset, "RATE", rate, 1), events)
}

func newLabOf(t *testing.T, text, events string) *lab {
	t.Helper()
	docs, diags := rules.Parse("rules.yml", []byte(text))
	set, linked := rules.Assemble(docs)
	diags = append(diags, linked...)
	p, more := compiler.Compile(set, compiler.Options{Now: now})
	if diags = append(diags, more...); diags.Count(rules.Error) > 0 {
		t.Fatal(diags)
	}
	l := &lab{t: t, program: p, filters: set.Filters, hidden: aftercare.NewHidden()}
	if events != "" {
		path := filepath.Join(t.TempDir(), "e.ndjson")
		if err := os.WriteFile(path, []byte(events), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := l.hidden.Replay(context.Background(), p, &backtest.Streaming{Recordings: []string{path}}); err != nil {
			t.Fatal(err)
		}
	}
	return l
}

// judge adds a verdict.
func (l *lab) judge(rule, fingerprint string, o feedback.Outcome, by string, evidence ...feedback.Evidence) {
	kind, id, _ := strings.Cut(by, ":")
	v := feedback.Verdict{Time: now.Add(-time.Hour), Alert: feedback.Alert{RuleID: rule, EventFP: []string{fingerprint}}, Verdict: o,
		Investigator: feedback.Investigator{Kind: feedback.Kind(kind), ID: id}, Evidence: evidence}
	v.Seal()
	if err := v.Check(); err != nil {
		l.t.Fatal(err)
	}
	l.verdicts = append(l.verdicts, v)
}

func (l *lab) check(d aftercare.Draw) *aftercare.Report {
	in := &aftercare.Input{Program: l.program, Filters: l.filters, Hidden: l.hidden, Draw: d, Now: now.Format(time.RFC3339),
		State: feedback.Fold(l.verdicts, feedback.FoldOptions{Now: now, Policy: l.policy})}
	in.Refused = l.hidden.Evidence(l.program, telemetry.NewNormaliser(nil), l.verdicts)
	return aftercare.Check(in)
}

func fingerprintOf(t *testing.T, record string) string {
	t.Helper()
	value, ok := telemetry.DecodeJSON(strings.TrimSpace(record))
	if !ok {
		t.Fatal("no JSON")
	}
	return telemetry.NewNormaliser(nil).Event(telemetry.Record{Value: value}).Fingerprint()
}

var everything = aftercare.Draw{Rate: 1}

// A filter is certified tier by tier, by what is new to it and a person has judged,
// and one attack ends it.
func TestAuditTiers(t *testing.T) {
	events := event("loud.exe", "backup", 1, 0) // of the day on which the filter was written
	for i := range 300 {
		events += event("loud.exe", "backup", 2+i%20, i)
	}
	l := newLab(t, "1", events)
	alerts := l.hidden.By(l.filters[0])
	if len(alerts) != 301 {
		t.Fatalf("%d hidden", len(alerts))
	}
	for n, want := range map[int]aftercare.Tier{0: aftercare.B, 29: aftercare.B, 30: aftercare.A3, 60: aftercare.A2, 300: aftercare.A1} {
		l.verdicts = nil
		for _, a := range alerts[:n] { // the first one is no news
			l.judge(ruleID, a.Event, feedback.FalseLogic, "human:alice")
		}
		f := l.check(everything).Filters[0]
		if f.Audit.Certified != want || f.Suspended || f.Audit.Benign != max(0, n-1) || f.Audit.Sampled != 300 || f.Audit.Pending != 300-max(0, n-1) {
			t.Errorf("after %d: %+v", n, f.Audit)
		}
	}
	l.judge(otherID, alerts[0].Event, feedback.Attempted, "human:bob") // of another rule, and no news
	r := l.check(everything)
	f := r.Filters[0]
	if !f.Suspended || f.Audit.Certified != aftercare.B || f.Audit.Wealth[aftercare.A3] != 0 || r.Summary.Failed != 1 || r.Summary.Certified != 0 {
		t.Errorf("after an attack: %+v", f)
	}
	if len(f.Protected) != 1 || f.Protected[0].Rule != ruleID || f.Protected[0].Of != otherID || f.Protected[0].Outcome != feedback.Attempted {
		t.Errorf("%+v", f.Protected)
	}
}

// What investigators disagree on is protected; what is malicious by an agent's word
// is too; the word of an agent without a record certifies nothing.
func TestWhoIsBelieved(t *testing.T) {
	events := event("loud.exe", "backup", 2, 1) + event("loud.exe", "backup", 3, 2) + event("loud.exe", "backup", 4, 3)
	l := newLab(t, "1", events)
	alerts := l.hidden.By(l.filters[0])
	l.judge(ruleID, alerts[0].Event, feedback.FalseLogic, "agent:triage")
	l.judge(ruleID, alerts[1].Event, feedback.Undetermined, "human:alice")
	f := l.check(everything).Filters[0]
	if f.Audit.Benign != 0 || f.Audit.Undecided != 2 || f.Audit.Pending != 1 || f.Suspended {
		t.Errorf("%+v", f.Audit)
	}
	l.judge(ruleID, alerts[0].Event, feedback.Malicious, "human:alice")
	if f := l.check(everything).Filters[0]; len(f.Protected) != 1 || !f.Protected[0].Contested || len(f.Protected[0].Verdicts) != 2 {
		t.Errorf("%+v", f.Protected)
	}
	l.judge(ruleID, alerts[2].Event, feedback.Malicious, "agent:triage")
	if f := l.check(everything).Filters[0]; len(f.Protected) != 2 {
		t.Errorf("%+v", f.Protected)
	}
}

// An agent that is right often enough supports exclusions, but certifies nothing
// before a person has looked.
func TestAgentsCertifyNothing(t *testing.T) {
	l := newLab(t, "1", event("loud.exe", "backup", 2, 1))
	l.policy = feedback.Policy{MinAudited: 3, MinReliability: 0.1}
	hidden := l.hidden.By(l.filters[0])[0].Event
	for i := range 5 {
		fp := fmt.Sprintf("sha256:%064x", i)
		l.judge(otherID, fp, feedback.FalseLogic, "agent:triage")
		l.judge(otherID, fp, feedback.FalseLogic, "human:alice")
		v := &l.verdicts[len(l.verdicts)-1]
		v.Time = v.Time.Add(time.Minute)
		v.Seal()
	}
	l.judge(ruleID, hidden, feedback.FalseLogic, "agent:triage")
	state := feedback.Fold(l.verdicts, feedback.FoldOptions{Now: now, Policy: l.policy})
	if label := state.Labels(ruleID).Of(hidden); label.Class != feedback.Supporting {
		t.Fatalf("the test needs an agent with a record: %+v", label)
	}
	if a := l.check(everything).Filters[0].Audit; a.Benign != 0 || a.Undecided != 1 {
		t.Errorf("%+v", a)
	}
}

// An event that no recording has is found in the evidence of a verdict, if it is
// the one that the fingerprint names.
func TestEvidence(t *testing.T) {
	record := strings.TrimSpace(event("loud.exe", "backup", 2, 1))
	fp := fingerprintOf(t, record)
	l := newLab(t, "1", "")
	l.judge(ruleID, fp, feedback.Malicious, "human:alice")
	if r := l.check(everything); r.Summary.Failed != 0 || r.Summary.Unseen != 1 || r.Unseen[0].Event != fp || r.Replayed {
		t.Errorf("unknown event: %+v", r)
	}
	for _, ref := range []string{"{", "[1]", strings.Replace(record, "loud", "quiet", 1)} {
		l.verdicts = nil
		l.judge(ruleID, fp, feedback.Malicious, "human:alice", feedback.Evidence{Type: "event", FP: fp, Ref: ref})
		if r := l.check(everything); r.Summary.Failed != 0 || r.Summary.Unseen != 1 || r.Summary.Refused != 1 {
			t.Errorf("%s: %+v", ref, r.Summary)
		}
	}
	l.verdicts = nil
	l.judge(ruleID, fp, feedback.Malicious, "human:alice", feedback.Evidence{Type: "event", FP: fp, Ref: record})
	if r := l.check(everything); r.Summary.Failed != 1 || r.Summary.Unseen != 0 || r.Filters[0].Protected[0].Event != fp {
		t.Errorf("%+v", r)
	}
}

// A filter that hid something once is dead when it should have hidden three since.
func TestDead(t *testing.T) {
	for _, c := range []struct {
		rate  string
		quiet int // recorded days behind the last hidden event
		hides bool
		dead  bool
	}{
		{rate: "1", quiet: 2, hides: true}, {rate: "1", quiet: 3, hides: true, dead: true}, {rate: "0.2", quiet: 14, hides: true}, {rate: "0.2", quiet: 15, hides: true, dead: true},
		{rate: "often", quiet: 20, hides: true}, {rate: "often", quiet: 1, dead: true}, {rate: "0.1", quiet: 20}, {rate: "-1", quiet: 1, dead: true},
	} {
		events := ""
		if c.hides {
			events = event("loud.exe", "backup", 2, 0)
		}
		for i := range c.quiet {
			events += event("calm.bin", "eve", 3+i, 0)
		}
		f := newLab(t, c.rate, events).check(everything).Filters[0]
		if f.Dead != c.dead || f.Idle != c.quiet {
			t.Errorf("rate %s, %d quiet days: dead %t, idle %d", c.rate, c.quiet, f.Dead, f.Idle)
		}
		if told := strings.Contains(strings.Join(f.Notes, "\n"), "rate is not used"); told != (f.Rate == nil) {
			t.Errorf("rate %s: %q", c.rate, f.Notes)
		}
	}
	elsewhere := `{"Channel":"Security","EventID":4624,"UtcTime":"2026-05-02 08:00:00.000"}` + "\n"
	if f := newLab(t, "often", elsewhere).check(everything).Filters[0]; f.Dead {
		t.Error("dead although nothing was recorded that its rule looks at")
	}
}

// The days up to the one on which a filter was written are none on which it should have
// hidden anything: whoever writes one for a burst of last week has no dead filter.
func TestDeadSinceWritten(t *testing.T) {
	for _, c := range []struct {
		quiet int // recorded days behind the day on which the filter was written
		dead  bool
	}{{0, false}, {2, false}, {3, true}} {
		events := event("loud.exe", "backup", 2, 0)
		for i := range 7 + c.quiet {
			events += event("calm.bin", "eve", 4+i, 0)
		}
		text := strings.Replace(strings.Replace(ruleset, "date: 2026-05-01", "date: 2026-05-10", 1), "RATE", "1", 1)
		if f := newLabOf(t, text, events).check(everything).Filters[0]; f.Dead != c.dead || f.Idle != 7+c.quiet {
			t.Errorf("%d quiet days: dead %t, idle %d", c.quiet, f.Dead, f.Idle)
		}
	}
}

// What is drawn depends neither on the order of the events nor on other days, has
// one of every day at least, and about as many as were asked for.
func TestDraw(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	var alerts []*aftercare.Alert
	for i := range 20000 {
		alerts = append(alerts, &aftercare.Alert{Event: fmt.Sprintf("sha256:%064x", i), Time: now.AddDate(0, 0, i%40)})
	}
	names := func(all []*aftercare.Alert) (out []string) {
		for _, a := range all {
			out = append(out, a.Event)
		}
		slices.Sort(out)
		return out
	}
	d := aftercare.Draw{Rate: 0.05, Seed: 7}
	want := names(d.Of(alerts))
	if n := len(want); n < 880 || n > 1120 {
		t.Errorf("%d of 20000 are drawn at 5 %%", n)
	}
	rnd.Shuffle(len(alerts), func(i, j int) { alerts[i], alerts[j] = alerts[j], alerts[i] })
	if diff := cmp.Diff(want, names(d.Of(alerts))); diff != "" {
		t.Errorf("another order: %s", diff)
	}
	if cmp.Equal(want, names(aftercare.Draw{Rate: 0.05, Seed: 8}.Of(alerts))) {
		t.Error("the seed changes nothing")
	}
	days := map[string]bool{}
	least := aftercare.Draw{Rate: 1e-9}.Of(alerts)
	for _, a := range least {
		days[a.Time.Format(time.DateOnly)] = true
	}
	if len(least) != 40 || len(days) != 40 {
		t.Errorf("%d of %d days are drawn of a rate of nothing", len(least), len(days))
	}
}

func TestParseRate(t *testing.T) {
	for text, want := range map[string]float64{"5%": 0.05, "0.05": 0.05, " 100 % ": 1, "1": 1} {
		if got, err := aftercare.ParseRate(text); err != nil || got != want {
			t.Errorf("%q: %g, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "%", "0", "-1", "101%", "NaN", "Inf", "five"} {
		if got, err := aftercare.ParseRate(text); err == nil {
			t.Errorf("%q: %g", text, got)
		}
	}
}

func TestReportFitsItsSchema(t *testing.T) {
	l := newLab(t, "1", event("loud.exe", "backup", 2, 1))
	l.judge(ruleID, l.hidden.By(l.filters[0])[0].Event, feedback.Malicious, "human:alice")
	l.judge(ruleID, "sha256:"+strings.Repeat("0", 64), feedback.Malicious, "human:alice")
	data, err := json.Marshal(l.check(everything))
	if err != nil {
		t.Fatal(err)
	}
	loader := gojsonschema.NewSchemaLoader()
	loader.AutoDetect, loader.Draft = false, gojsonschema.Draft7
	schema, err := loader.Compile(gojsonschema.NewBytesLoader(aftercare.JSONSchema()))
	if err != nil {
		t.Fatal(err)
	}
	result, err := schema.Validate(gojsonschema.NewBytesLoader(data))
	if err != nil || !result.Valid() {
		t.Errorf("%v %v", err, result.Errors())
	}
	wrong := bytes.Replace(data, []byte(`"certified":"B"`), []byte(`"certified":"C"`), 1)
	if result, err := schema.Validate(gojsonschema.NewBytesLoader(wrong)); err != nil || result.Valid() {
		t.Error("the schema lets everything through")
	}
}

// A blank is nobody.
func TestBlankOwner(t *testing.T) {
	t.Parallel()
	for owner, ownerless := range map[string]bool{"soc": false, `" soc "`: false, `""`: true, `" "`: true, `"\t"`: true} {
		r := newLabOf(t, strings.NewReplacer("owner: soc", "owner: "+owner, "RATE", "1").Replace(ruleset), "").check(aftercare.Draw{Rate: 1})
		if f := r.Filters[0]; f.Ownerless != ownerless || r.Summary.Ownerless == 0 == ownerless {
			t.Errorf("owner: %s: %+v", owner, f)
		}
	}
}
