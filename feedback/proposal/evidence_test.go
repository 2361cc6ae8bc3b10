package proposal

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/feedback"
	"github.com/socctl/socctl/feedback/tuning"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/logsource"
)

const backupRules = `title: Shadow Copies
id: 929a690e-bef0-4204-a928-ef5e620d6fcc
logsource: {category: process_creation, product: windows}
detection:
    selection: {Image|endswith: '\vssadmin.exe'}
    condition: selection
---
title: Never judged to be an attack
id: 0b1e5e5d-0d0f-4f1e-9d3b-6f0c53a6e0a2
logsource: {category: process_creation, product: windows}
detection:
    selection: {Image|endswith: '\net.exe'}
    condition: selection
`

// world is recordings of two programs on some days, all started by the same agent,
// and verdicts on them.
type world struct {
	evidence *Evidence
	set      *rules.Set
	verdicts []feedback.Verdict
}

func newWorld(t *testing.T) *world {
	t.Helper()
	docs, _ := rules.Parse("rules/backup.yml", []byte(backupRules))
	w := &world{set: &rules.Set{}}
	for _, d := range docs {
		w.set.Add(d)
	}
	w.set.Link()
	p, _ := compiler.Compile(w.set, compiler.Options{})
	var lines strings.Builder
	for n := range 24 {
		program, parent := "vssadmin", `C:\\Program Files\\Agent\\Suite\\agent.exe`
		if n%3 == 2 {
			program = "net"
		}
		if n == 0 || n == 4 {
			parent = `C:\\Users\\eve\\x.exe`
		}
		fmt.Fprintf(&lines, `{"Channel":"Microsoft-Windows-Sysmon/Operational","EventID":1,"Computer":"H%d","User":"CORP\\u","UtcTime":"2026-05-%02d 01:02:03.000","Image":"C:\\Windows\\System32\\%s.exe","ParentImage":"%s"}`+"\n", n%4, 1+n, program, parent)
	}
	path := filepath.Join(t.TempDir(), "log.ndjson")
	if err := os.WriteFile(path, []byte(lines.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	w.evidence = &Evidence{Program: p, Table: logsource.Default(), State: feedback.Fold(nil, feedback.FoldOptions{}),
		Replayer: &backtest.Streaming{Recordings: []string{path}, Normaliser: telemetry.NewNormaliser(logsource.Default()), Jobs: 2}}
	return w
}

// judge gives every alert of a rule a verdict that depends on who started it.
func (w *world) judge(t *testing.T, outcome func(rule, parent string) feedback.Outcome) {
	t.Helper()
	now := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	_, err := w.evidence.Replayer.Replay(context.Background(), w.evidence.Program, func(h *backtest.Hit) {
		event, _, err := h.Load()
		if err != nil {
			t.Error(err)
			return
		}
		for _, m := range h.Matches {
			observed := tuning.Observe(event, m.View, h.Source)
			v := feedback.Verdict{Time: now, Verdict: outcome(m.Rule.Title, observed.Values["ParentImage"]), Scope: "alert",
				Alert: feedback.Alert{RuleID: m.Rule.ID, RuleHash: m.Rule.Hash, EventFP: []string{event.Fingerprint()}}, Investigator: feedback.Investigator{Kind: feedback.Human, ID: "alice"}}
			v.Seal()
			w.verdicts = append(w.verdicts, v)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	w.evidence.State = feedback.Fold(w.verdicts, feedback.FoldOptions{Now: now})
}

func (w *world) propose(t *testing.T) *Report {
	t.Helper()
	return w.proposeUnder(t, tuning.Default())
}

func (w *world) proposeUnder(t *testing.T, policy tuning.Policy) *Report {
	t.Helper()
	if err := w.evidence.Collect(context.Background()); err != nil {
		t.Fatal(err)
	}
	return w.evidence.Propose(Options{Policy: policy, Now: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC), Owner: "o"})
}

func byParent(_, parent string) feedback.Outcome {
	if strings.Contains(parent, "eve") {
		return feedback.Malicious
	}
	return feedback.FalseLogic
}

// TestRulesWithoutAttacksDoNotStopOthers: one rule has only harmless alerts, and all
// of them look like those of the other.
func TestRulesWithoutAttacksDoNotStopOthers(t *testing.T) {
	w := newWorld(t)
	w.judge(t, byParent)
	r := w.propose(t)
	if len(r.Rules) != 2 || r.Summary.Judged != 2 {
		t.Fatalf("%+v", r.Summary)
	}
	for _, rule := range r.Rules {
		if len(rule.Proposals)+len(rule.Abstained) == 0 {
			t.Errorf("%s: neither a proposal nor a reason", rule.Title)
		}
	}
}

// Without a table it is the built-in one, as everywhere.
func TestProposesByTheBuiltInTable(t *testing.T) {
	w := newWorld(t)
	w.judge(t, byParent)
	want := w.propose(t).Summary
	w.evidence.Table = nil
	if got := w.propose(t).Summary; got != want || want.Proposals == 0 {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// TestAbstainsWhereNoAttackIsKnown: nothing that an attacker can satisfy is proposed for a
// rule of which no attack is known, and it says so; the other rule has its proposal.
func TestAbstainsWhereNoAttackIsKnown(t *testing.T) {
	w := newWorld(t)
	w.judge(t, byParent)
	policy := tuning.Default()
	policy.Unproven = 4 // more than any clause asks for
	r := w.proposeUnder(t, policy)
	reasons := 0
	for _, rule := range r.Rules {
		if strings.Contains(strings.Join(rule.Abstained, " "), "no attack is known") {
			reasons++
			if rule.Protected != 0 {
				t.Errorf("%d events must stay: %v", rule.Protected, rule.Abstained)
			}
		}
	}
	if reasons != 1 || r.Summary.Proposing != 1 {
		t.Errorf("%d abstain because no attack is known, %d have a proposal", reasons, r.Summary.Proposing)
	}
}

func TestAbstainsWithReasons(t *testing.T) {
	for name, tt := range map[string]struct {
		outcome func(rule, parent string) feedback.Outcome
		want    string
	}{
		"tests support nothing":   {func(string, string) feedback.Outcome { return feedback.Test }, "0 of its events"},
		"all must stay":           {func(string, string) feedback.Outcome { return feedback.Malicious }, "0 of its events"},
		"undetermined is neither": {func(string, string) feedback.Outcome { return feedback.Undetermined }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.judge(t, tt.outcome)
			r := w.propose(t)
			if r.Summary.Proposals != 0 {
				t.Fatalf("proposals: %+v", r.Summary)
			}
			for _, rule := range r.Rules {
				if !strings.Contains(strings.Join(rule.Abstained, "\n"), tt.want) {
					t.Errorf("%s: %q", rule.Title, rule.Abstained)
				}
			}
		})
	}
}

// TestVerifyStopsWhatHidesSomethingElse: a document that does not do what its clause
// says never reaches a person.
func TestVerifyStopsWhatHidesSomethingElse(t *testing.T) {
	for name, spoil := range map[string]func(*Proposal){
		"inverted": func(p *Proposal) { p.Document = strings.Replace(p.Document, "not selection", "selection", 1) },
		"too broad": func(p *Proposal) {
			p.Document = strings.Replace(p.Document, "ParentImage", "ParentImage|contains", 1)
			p.Document = strings.Replace(p.Document, `C:\Program Files\Agent\Suite\agent.exe`, ".exe", 1)
		},
		"not a rule": func(p *Proposal) { p.Document = "filter: [" },
		"nothing":    nil,
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.judge(t, func(rule, parent string) feedback.Outcome {
				if strings.HasPrefix(rule, "Never") {
					return feedback.Undetermined
				}
				return byParent(rule, parent)
			})
			// What the other rule fires on would be hidden too much: leave it alone.
			w.evidence.Program, w.set = only(t, w.set)
			r := w.propose(t)
			if r.Summary.Proposals == 0 {
				t.Fatalf("nothing proposed: %+v", r.Rules)
			}
			if spoil != nil {
				spoil(&r.Rules[0].Proposals[0])
			}
			if err := w.evidence.Verify(context.Background(), w.set, plainly, r); err != nil {
				t.Fatal(err)
			}
			if stopped := r.Summary.Proposals == 0; stopped != (spoil != nil) {
				t.Errorf("stopped: %v, %q", stopped, r.Rules[0].Abstained)
			}
		})
	}
}

// only returns the first rule alone.
func only(t *testing.T, set *rules.Set) (*compiler.Program, *rules.Set) {
	t.Helper()
	first := set.Rules[0]
	out := set.Select(func(d rules.Document) bool { return d == rules.Document(first) })
	p, _ := compiler.Compile(out, compiler.Options{})
	return p, out
}

// plainly builds programs without pipelines.
func plainly(set *rules.Set) *compiler.Program {
	p, _ := compiler.Compile(set, compiler.Options{})
	return p
}
