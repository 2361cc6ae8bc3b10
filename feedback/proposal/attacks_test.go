package proposal

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/feedback"
	"github.com/socctl/socctl/feedback/tuning"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/logsource"
)

// shadowsOnly is the world of one rule, in which an agent does no harm and eve does.
func shadowsOnly(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.judge(t, func(rule, parent string) feedback.Outcome {
		if strings.HasPrefix(rule, "Never") {
			return feedback.Undetermined
		}
		return byParent(rule, parent)
	})
	w.evidence.Program, w.set = only(t, w.set)
	return w
}

const masquerade = `{"Channel":"Microsoft-Windows-Sysmon/Operational","EventID":1,"Computer":"X","User":"CORP\\eve","UtcTime":"2026-04-01 01:02:03.000","Image":"C:\\Windows\\System32\\vssadmin.exe","ParentImage":"C:\\Program Files\\Agent\\Suite\\agent.exe"}`

// TestAttacksStay: what a recording of an attack or a test shows is protected, though
// no verdict says so.
func TestAttacksStay(t *testing.T) {
	if w := shadowsOnly(t); w.propose(t).Summary.Proposals != 1 {
		t.Fatal("without attacks there is no proposal")
	}
	t.Run("recording", func(t *testing.T) {
		w := shadowsOnly(t)
		path := filepath.Join(t.TempDir(), "attack.ndjson")
		if err := os.WriteFile(path, []byte(masquerade+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		w.evidence.Attacks.Recordings = &backtest.Streaming{Recordings: []string{path}, Normaliser: telemetry.NewNormaliser(logsource.Default()), Jobs: 1}
		if r := w.propose(t); r.Summary.Proposals != 0 || r.Rules[0].Protected != 3 {
			t.Errorf("proposals %+v, protected %d", r.Rules[0].Proposals, r.Rules[0].Protected)
		}
	})
	t.Run("test", func(t *testing.T) {
		w := shadowsOnly(t)
		w.evidence.Attacks.Events = []AttackEvent{{Event: inTest(), Source: "test t"}}
		if r := w.propose(t); r.Summary.Proposals != 0 {
			t.Errorf("proposals %+v", r.Rules[0].Proposals)
		}
	})
}

// inTest is an attack as it stands in a test.
func inTest() *telemetry.Event {
	return telemetry.NewNormaliser(logsource.Default()).Event(telemetry.Record{Value: evaluator.ObjectValue(
		evaluator.Member{Name: "Channel", Value: evaluator.StringValue("Microsoft-Windows-Sysmon/Operational")},
		evaluator.Member{Name: "EventID", Value: evaluator.StringValue("1")},
		evaluator.Member{Name: "Image", Value: evaluator.StringValue(`C:\Windows\System32\vssadmin.exe`)},
		evaluator.Member{Name: "ParentImage", Value: evaluator.StringValue(`C:\Program Files\Agent\Suite\agent.exe`)})})
}

// TestFinalCheckOnAttacks: the filter path itself runs over the attacks.
func TestFinalCheckOnAttacks(t *testing.T) {
	w := shadowsOnly(t)
	r := w.propose(t)
	w.evidence.Attacks.Events = []AttackEvent{{Event: inTest(), Source: "test t"}} // as if the clause had not been held against it
	w.evidence.mark(w.evidence.Program.Rules[0], inTest().Fingerprint())
	if err := w.evidence.Verify(context.Background(), w.set, plainly, r); err != nil {
		t.Fatal(err)
	}
	if why := strings.Join(r.Rules[0].Abstained, ""); r.Summary.Proposals != 0 || !strings.Contains(why, "no longer tells of the known attack") {
		t.Errorf("%d proposals: %s", r.Summary.Proposals, why)
	}
}

const bursts = `title: Many shadow copies
id: 5f1c1a8e-7c3b-4f64-9f0e-2d2f3d9f6a11
correlation:
    type: event_count
    rules: [929a690e-bef0-4204-a928-ef5e620d6fcc]
    group-by: [User]
    timespan: 40d
    condition: {gte: COUNT}
`

// TestCorrelationsOfTunedRules: an exclusion that would make a correlation silent on a
// known attack is not proposed; one that only makes it rarer says so.
func TestCorrelationsOfTunedRules(t *testing.T) {
	for name, tt := range map[string]struct {
		count     string
		proposals int
		want      string
	}{
		"still told":   {"2", 1, ""}, // both attacks are enough
		"told no more": {"10", 0, "the correlation Many shadow copies would no longer tell"},
	} {
		t.Run(name, func(t *testing.T) {
			w := shadowsOnly(t)
			docs, diags := rules.Parse("rules/bursts.yml", []byte(strings.Replace(bursts, "COUNT", tt.count, 1)))
			if len(docs) != 1 {
				t.Fatal(diags)
			}
			w.set.Add(docs[0])
			w.set.Link()
			w.evidence.Program, _ = compiler.Compile(w.set, compiler.Options{})
			r := w.propose(t)
			if r.Summary.Proposals != 1 || len(w.evidence.chains) == 0 {
				t.Fatalf("before the check: %+v, %d alerts of the correlation", r.Summary, len(w.evidence.chains))
			}
			if err := w.evidence.Verify(context.Background(), w.set, plainly, r); err != nil {
				t.Fatal(err)
			}
			why := strings.Join(r.Rules[0].Abstained, "\n")
			if r.Summary.Proposals != tt.proposals || !strings.Contains(why, tt.want) {
				t.Errorf("%d proposals: %s", r.Summary.Proposals, why)
			}
			if c := r.Rules[0].Correlations; tt.proposals == 0 && (len(c) != 1 || c[0].Before <= c[0].After) {
				t.Errorf("correlations %+v", c)
			}
		})
	}
}

// TestOtherRulesStayAsTheyAre: a filter that reaches a rule that nothing was proposed
// for is stopped.
func TestOtherRulesStayAsTheyAre(t *testing.T) {
	w := newWorld(t)
	w.judge(t, func(rule, parent string) feedback.Outcome {
		if strings.HasPrefix(rule, "Never") {
			return feedback.Undetermined
		}
		return byParent(rule, parent)
	})
	if err := w.evidence.Collect(context.Background()); err != nil {
		t.Fatal(err)
	}
	policy := tuning.Default()
	policy.PoolShare, policy.OpenShare, policy.MinLift, policy.PoolWeight = 1, 0, 0, 0
	r := w.evidence.Propose(Options{Policy: policy, Owner: "o"})
	if r.Summary.Proposals != 1 {
		t.Fatalf("%+v", r.Summary)
	}
	p := &r.Rules[0].Proposals[0]
	p.Document = strings.Replace(p.Document, "        - 929a690e", "        - 0b1e5e5d-0d0f-4f1e-9d3b-6f0c53a6e0a2\n        - 929a690e", 1)
	if err := w.evidence.Verify(context.Background(), w.set, plainly, r); err != nil {
		t.Fatal(err)
	}
	if why := strings.Join(r.Rules[0].Abstained, "\n"); !strings.Contains(why, "is silent on events that nothing was proposed for") {
		t.Errorf("%d proposals: %s", r.Summary.Proposals, why)
	}
}
