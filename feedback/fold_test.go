package feedback_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/feedback"
)

var start = time.Date(2026, 5, 4, 10, 0, 0, 0, time.UTC)

// said is a sealed verdict: who is kind:id or kind:id@version.
func said(who string, o feedback.Outcome, event string, minute int, change ...func(*feedback.Verdict)) feedback.Verdict {
	kind, id, _ := strings.Cut(who, ":")
	id, version, _ := strings.Cut(id, "@")
	v := feedback.Verdict{Time: start.Add(time.Duration(minute) * time.Minute), Verdict: o,
		Alert:        feedback.Alert{RuleID: "r", RuleHash: hash("rule"), EventFP: []string{hash(event)}},
		Investigator: feedback.Investigator{Kind: feedback.Kind(kind), ID: id, Version: version}}
	for _, c := range change {
		c(&v)
	}
	v.Seal()
	return v
}

func hash(text string) string { return fmt.Sprintf("sha256:%064x", text) }

func superseding(v feedback.Verdict) func(*feedback.Verdict) {
	return func(n *feedback.Verdict) { n.Supersedes = v.UID }
}

func onIncident(v *feedback.Verdict) { v.Scope = feedback.ScopeIncident }

func TestOneAlert(t *testing.T) {
	type verdicts = []feedback.Verdict
	const alice, bob, bot = "human:alice", "human:bob", "agent:bot@1"
	malicious, benign := said(alice, feedback.Malicious, "e", 1), said(alice, feedback.BenignExpected, "e", 1)
	byBot := said(bot, feedback.FalseLogic, "e", 1)
	reviewed := func(v *feedback.Verdict) {
		v.ReviewedBy = []feedback.Review{{Kind: feedback.Human, ID: "alice", Time: start}}
	}
	half := func(v *feedback.Verdict) { c := 0.5; v.Confidence = &c }
	ends := func(v *feedback.Verdict) { at := start.Add(2 * time.Minute); v.Expires = &at }
	for name, c := range map[string]struct {
		given     verdicts
		class     feedback.Class
		outcome   feedback.Outcome
		contested bool
		weight    float64
		problem   string
	}{
		"a person":                        {given: verdicts{benign}, class: feedback.Supporting, outcome: feedback.BenignExpected, weight: 1},
		"half sure":                       {given: verdicts{said(alice, feedback.FalseLogic, "e", 1, half)}, class: feedback.Supporting, outcome: feedback.FalseLogic, weight: 0.5},
		"an incident counts half":         {given: verdicts{said(alice, feedback.FalseLogic, "e", 1, onIncident)}, class: feedback.Supporting, outcome: feedback.FalseLogic, weight: 0.5},
		"malicious":                       {given: verdicts{malicious}, class: feedback.Protected, outcome: feedback.Malicious},
		"attempted":                       {given: verdicts{said(alice, feedback.Attempted, "e", 1)}, class: feedback.Protected, outcome: feedback.Attempted},
		"a test supports nothing":         {given: verdicts{said(alice, feedback.Test, "e", 1)}, outcome: feedback.Test},
		"bad data supports nothing":       {given: verdicts{said(alice, feedback.FalseData, "e", 1)}, outcome: feedback.FalseData},
		"an agent without a record":       {given: verdicts{byBot}, outcome: feedback.FalseLogic},
		"its warning counts all the same": {given: verdicts{said(bot, feedback.Malicious, "e", 1)}, class: feedback.Protected, outcome: feedback.Malicious},
		"an agent that was reviewed":      {given: verdicts{said(bot, feedback.FalseLogic, "e", 1, reviewed)}, class: feedback.Supporting, outcome: feedback.FalseLogic, weight: 1},
		"a change of mind":                {given: verdicts{malicious, said(alice, feedback.BenignExpected, "e", 2)}, class: feedback.Supporting, outcome: feedback.BenignExpected, weight: 1},
		"two people disagree":             {given: verdicts{malicious, said(bob, feedback.BenignExpected, "e", 2)}, class: feedback.Protected, outcome: feedback.Malicious, contested: true},
		"an agent disagrees":              {given: verdicts{benign, said(bot, feedback.Malicious, "e", 2)}, class: feedback.Protected, outcome: feedback.Malicious, contested: true},
		"an agent does not overrule":      {given: verdicts{malicious, said(bot, feedback.FalseLogic, "e", 2, superseding(malicious))}, class: feedback.Protected, outcome: feedback.Malicious, contested: true, problem: "verdict/supersede-refused"},
		"a person overrules an agent":     {given: verdicts{byBot, said(alice, feedback.Malicious, "e", 2, superseding(byBot))}, class: feedback.Protected, outcome: feedback.Malicious},
		"a person corrects another":       {given: verdicts{malicious, said(bob, feedback.FalseLogic, "e", 2, superseding(malicious))}, class: feedback.Supporting, outcome: feedback.FalseLogic, weight: 1},
		"an incident does not lower":      {given: verdicts{malicious, said(alice, feedback.FalseLogic, "e", 2, onIncident, superseding(malicious))}, class: feedback.Protected, outcome: feedback.Malicious, contested: true, problem: "verdict/supersede-refused"},
		"superseding what is not there":   {given: verdicts{said(alice, feedback.FalseLogic, "e", 2, superseding(malicious))}, class: feedback.Supporting, outcome: feedback.FalseLogic, weight: 1, problem: "verdict/supersede-refused"},
		"a person calls it a test":        {given: verdicts{benign, said(bob, feedback.Test, "e", 2)}, outcome: feedback.BenignExpected},
		"a test stays one, whoever does not know": {given: verdicts{said(bob, feedback.Test, "e", 1), said("human:carol", feedback.Undetermined, "e", 2), said(alice, feedback.FalseLogic, "e", 3)},
			outcome: feedback.FalseLogic},
		"found out after both": {given: verdicts{said(bob, feedback.Undetermined, "e", 1), said("human:carol", feedback.Undetermined, "e", 2), said(alice, feedback.FalseLogic, "e", 3)},
			class: feedback.Supporting, outcome: feedback.FalseLogic, weight: 1},
		"found out before the other": {given: verdicts{said(bob, feedback.Undetermined, "e", 1), said(alice, feedback.FalseLogic, "e", 2), said("human:carol", feedback.Undetermined, "e", 3)},
			outcome: feedback.FalseLogic},
		"found out later":                {given: verdicts{said(bob, feedback.Undetermined, "e", 1), said(alice, feedback.FalseLogic, "e", 2)}, class: feedback.Supporting, outcome: feedback.FalseLogic, weight: 1},
		"expired":                        {given: verdicts{said(alice, feedback.BenignExpected, "e", 1, ends)}, outcome: feedback.Undetermined},
		"expired, in place of another":   {given: verdicts{said(alice, feedback.FalseLogic, "e", 0), said(alice, feedback.BenignExpected, "e", 1, ends)}, outcome: feedback.Undetermined},
		"expired, beside another's":      {given: verdicts{said(bob, feedback.FalseLogic, "e", 0), said(alice, feedback.BenignExpected, "e", 1, ends)}, class: feedback.Supporting, outcome: feedback.FalseLogic, weight: 1},
		"protected again when expired":   {given: verdicts{said(alice, feedback.Malicious, "e", 0), said(alice, feedback.BenignExpected, "e", 1, ends)}, class: feedback.Protected, outcome: feedback.Malicious},
		"protection does not expire":     {given: verdicts{said(alice, feedback.Malicious, "e", 1, ends)}, class: feedback.Protected, outcome: feedback.Malicious},
		"from the future":                {given: verdicts{said(alice, feedback.FalseLogic, "e", 10_000)}, outcome: feedback.Undetermined, problem: "verdict/future"},
		"a warning from the future":      {given: verdicts{said(alice, feedback.Malicious, "e", 10_000)}, class: feedback.Protected, outcome: feedback.Malicious, problem: "verdict/future"},
		"a duplicate":                    {given: verdicts{benign, benign}, class: feedback.Supporting, outcome: feedback.BenignExpected, weight: 1},
		"a duplicate with other details": {given: verdicts{benign, said(alice, feedback.BenignExpected, "e", 1, half)}, class: feedback.Supporting, outcome: feedback.BenignExpected, weight: 0.5, problem: "verdict/uid-conflict"},
	} {
		t.Run(name, func(t *testing.T) {
			s := feedback.Fold(c.given, feedback.FoldOptions{Now: start.Add(time.Hour)})
			if len(s.Alerts) != 1 {
				t.Fatalf("%d alerts", len(s.Alerts))
			}
			a := s.Alerts[0]
			if a.Class != c.class || a.Outcome != c.outcome || a.Contested != c.contested || a.Weight != c.weight {
				t.Errorf("got %s %s contested %t weight %g (%s)", a.Class, a.Outcome, a.Contested, a.Weight, a.Why)
			}
			codes := ""
			for _, p := range s.Problems {
				codes += p.Code
			}
			if codes != c.problem {
				t.Errorf("problems %q, want %q", codes, c.problem)
			}
			if label := s.Labels("r").Of(hash("e")); label.Class != c.class || label.Weight != c.weight {
				t.Errorf("the label is %+v", label)
			}
		})
	}
}

// The fold is the same for any order and any repetition.
func TestFoldDoesNotDependOnOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for round := range 200 {
		var all []feedback.Verdict
		for range 30 {
			who := []string{"human:alice", "human:bob", "agent:a@1", "agent:a@2", "agent:b"}[r.IntN(5)]
			v := said(who, feedback.Outcomes()[r.IntN(8)], fmt.Sprint("e", r.IntN(4)), r.IntN(20), func(v *feedback.Verdict) {
				if len(all) > 0 && r.IntN(3) == 0 {
					v.Supersedes = all[r.IntN(len(all))].UID
				}
				if r.IntN(4) == 0 {
					v.Scope = feedback.ScopeIncident
				}
			})
			all = append(all, v)
		}
		want := folded(t, all)
		for range 5 {
			again := append(append([]feedback.Verdict{}, all...), all[r.IntN(len(all))])
			r.Shuffle(len(again), func(i, j int) { again[i], again[j] = again[j], again[i] })
			if diff := cmp.Diff(want, folded(t, again)); diff != "" {
				t.Fatalf("round %d:\n%s", round, diff)
			}
		}
	}
}

func folded(t *testing.T, all []feedback.Verdict) string {
	t.Helper()
	s := feedback.Fold(all, feedback.FoldOptions{Now: start.Add(10 * time.Minute)})
	out, err := json.MarshalIndent(map[string]any{"alerts": s.Alerts, "agents": s.Agents, "n": s.Verdicts, "labels": s.Labels("r").Events}, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// An agent earns weight by verdicts that people confirm afterwards, one for every
// root cause; another version starts anew, and following a person earns nothing.
func TestAgentsEarnTheirWeight(t *testing.T) {
	history := func(n int, wrong int, cause func(i int) string, agentMinute int) (out []feedback.Verdict) {
		for i := range n {
			event, context := fmt.Sprint("e", i), func(v *feedback.Verdict) { v.Alert.ContextFP = cause(i) }
			verdict := feedback.FalseLogic
			if i < wrong {
				verdict = feedback.Malicious
			}
			out = append(out, said("agent:bot@1", feedback.FalseLogic, event, agentMinute, context), said("human:alice", verdict, event, 5, context))
		}
		return out
	}
	each := func(i int) string { return fmt.Sprintf("%016x", i) }
	same := func(int) string { return fmt.Sprintf("%016x", 1) }
	for name, c := range map[string]struct {
		history []feedback.Verdict
		agent   string
		audited int
		weighs  bool
	}{
		"30 right":              {history(30, 0, each, 1), "agent:bot@1", 30, true},
		"29 right":              {history(29, 0, each, 1), "agent:bot@1", 29, false},
		"5 of 60 wrong":         {history(60, 5, each, 1), "agent:bot@1", 60, false},
		"one cause":             {history(60, 0, same, 1), "agent:bot@1", 1, false},
		"after the person":      {history(60, 0, each, 9), "agent:bot@1", 0, false},
		"another version":       {history(60, 0, each, 1), "agent:bot@2", 60, false},
		"another one's history": {history(60, 0, each, 1), "agent:other@1", 60, false},
	} {
		t.Run(name, func(t *testing.T) {
			all := append(c.history, said(c.agent, feedback.FalseLogic, "new", 20))
			s := feedback.Fold(all, feedback.FoldOptions{})
			label := s.Labels("r").Of(hash("new"))
			if got := label.Class == feedback.Supporting && label.Weight >= 0.9; got != c.weighs {
				t.Errorf("label %+v, agents %+v", label, s.Agents)
			}
			if s.Agents[0].Audited != c.audited {
				t.Errorf("agents %+v", s.Agents)
			}
		})
	}
}

// What one rule's alert protects, all rules must keep.
func TestLabelsOfOtherRules(t *testing.T) {
	other := func(v *feedback.Verdict) { v.Alert.RuleID = "other" }
	old := func(v *feedback.Verdict) { v.Alert.RuleHash = hash("old") }
	nowhere := func(v *feedback.Verdict) { v.Alert.EventFP, v.Alert.AlertUID = nil, "x" }
	s := feedback.Fold([]feedback.Verdict{
		said("human:alice", feedback.Malicious, "a", 1, other),
		said("human:alice", feedback.FalseLogic, "b", 1, other),
		said("human:alice", feedback.FalseLogic, "c", 1),
		said("human:bob", feedback.Malicious, "c", 1, old),
		said("human:alice", feedback.FalseLogic, "d", 1),
		said("human:alice", feedback.Malicious, "d", 1, other),
		said("human:alice", feedback.Malicious, "", 1, nowhere),
	}, feedback.FoldOptions{})
	labels := s.Labels("r")
	for event, want := range map[string]feedback.Class{"a": feedback.Protected, "b": feedback.Unknown, "c": feedback.Protected, "d": feedback.Protected, "e": feedback.Unknown} {
		if got := labels.Of(hash(event)); got.Class != want {
			t.Errorf("%s is %s: %+v", event, got.Class, got)
		}
	}
	if len(labels.Events) != 2 || labels.Unplaced[feedback.Protected] != 1 {
		t.Errorf("events %v, unplaced %v", labels.Events, labels.Unplaced)
	}
	if !labels.Of(hash("c")).Contested {
		t.Error("verdicts on two versions of the rule disagree, and it is not told")
	}
}
