package tuning

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/socctl/socctl/compiler"
)

// made returns a literal for tests.
func made(in *Input, field string, anchor compiler.Anchor, value string) *Literal {
	return in.Corpus.lattice.literal(field, anchor, value)
}

// TestGuards has for each guard a clause that it stops, with an event that shows why.
func TestGuards(t *testing.T) {
	policy := Default()
	policy.Either = 0
	good := func(in *Input) Clause { return Clause{made(in, "ParentImage", compiler.Whole, veeam)} }
	tests := []struct {
		guard   string
		change  func(alerts []alert) []alert
		clause  func(in *Input) Clause
		k       Calibrated // what was found of the clause
		counter string     // what the counter-example begins with
	}{
		{"G1", nil, func(in *Input) Clause { return Clause{made(in, "ParentImage", compiler.AtEnd, `.exe`)} }, Calibrated{Unseen: Support{Alerts: 9}}, "sha256:00"},
		{"G2", func(all []alert) []alert {
			return append(all, started(200, "pool", veeam, "net user"))
		}, good, Calibrated{Unseen: Support{Alerts: 9}}, "sha256:0200"},
		{"G3", nil, good, Calibrated{}, ""},
		{"G4", nil, func(in *Input) Clause { return Clause{made(in, "CommandLine", compiler.Anywhere, "/for=")} }, Calibrated{Unseen: Support{Alerts: 9}}, ""},
		{"G5", nil, func(in *Input) Clause {
			return Clause{made(in, "CommandLine", compiler.Anywhere, "/for="), made(in, "User", compiler.AtStart, `CORP\`)}
		}, Calibrated{Unseen: Support{Alerts: 9}}, "CommandLine as in the clause"},
		{"G6", func(all []alert) []alert {
			var out []alert
			for n, a := range all {
				if a.label != "protected" || n%12 == 0 {
					out = append(out, a)
				}
			}
			return out
		}, good, Calibrated{Unseen: Support{Alerts: 9}}, "sha256:0000"},
		{"G7", nil, func(in *Input) Clause {
			return Clause{made(in, "ParentImage", compiler.AtEnd, `\Veeam.Backup.Service.exe`)}
		}, Calibrated{Unseen: Support{Alerts: 9}}, ""},
		{"G8", func(all []alert) []alert {
			for i := range all {
				all[i].Host = "H"
			}
			return all
		}, good, Calibrated{Unseen: Support{Alerts: 9}}, ""},
		{"G9", nil, func(in *Input) Clause {
			return Clause{made(in, "ParentImage", compiler.AtEnd, `\Veeam.Backup.Service.exe`)}
		}, Calibrated{Unseen: Support{Alerts: 9}}, "sha256:0080"},
		{"G10", nil, func(in *Input) Clause { return Clause{made(in, "User", compiler.Whole, `CORP\svc`)} }, Calibrated{Unseen: Support{Alerts: 9}}, "sha256:0000"},
	}
	for _, tt := range tests {
		t.Run(tt.guard, func(t *testing.T) {
			alerts := backups()
			if tt.change != nil {
				alerts = tt.change(alerts)
			}
			in := inputOf(&policy, alerts)
			k := tt.k
			k.Clause = tt.clause(in)
			k.Removed = in.Corpus.Covered(k.Clause).And(in.Removable)
			checks, lane := Examine(&policy, in, &k)
			for _, c := range checks {
				if c.ID != tt.guard {
					continue
				}
				if c.Passed || !strings.HasPrefix(c.Counter, tt.counter) {
					t.Errorf("passed %v: %s; counter-example %q", c.Passed, c.Text, c.Counter)
				}
				if want := map[bool]Lane{true: Rejected, false: Review}[c.Hard]; lane == Auto || lane != want && c.Hard {
					t.Errorf("lane %s, want %s", lane, want)
				}
				return
			}
			t.Errorf("there is no %s", tt.guard)
		})
	}
	if n := len(Guards()); n != len(tests) {
		t.Errorf("%d guards, %d tests", n, len(tests))
	}
}

// TestCertify: what was computed by hand, and that the sequence stops.
func TestCertify(t *testing.T) {
	for n, want := range map[Tier]int{A1: 299, A2: 59, A3: 29} {
		if got := n.Needed(0.05); got != want {
			t.Errorf("%s needs %d, want %d", n, got, want)
		}
	}
	// The table of docs/tune.md: what six trials, and two, need when they share the risk.
	for trials, want := range map[int][]int{6: {477, 94, 46}, 2: {368, 72, 36}} {
		for i, tier := range []Tier{A1, A2, A3} {
			if got := tier.Needed(Delta / float64(trials)); got != want[i] {
				t.Errorf("%s needs %d in %d trials, want %d", tier, got, trials, want[i])
			}
		}
	}
	if b := Bound(59, 0.05); math.Abs(b-0.0495) > 0.0005 || Bound(0, 0.05) != 1 {
		t.Errorf("bound %v", b)
	}
	got := fmt.Sprint(Certify([]Tested{{300, 0}, {60, 0}, {400, 0}, {30, 0}, {10, 0}, {500, 0}}, 0.05))
	if want := "[A1 A2 A2 A3 B B]"; got != want {
		t.Errorf("tiers %s, want %s", got, want)
	}
	if got := fmt.Sprint(Certify([]Tested{{300, 1}, {500, 0}}, 0.05)); got != "[B B]" {
		t.Errorf("tiers after a loss: %s", got)
	}
}

// TestExactIsNoWorse: what branch and bound finds is worth at least what the beam finds.
func TestExactIsNoWorse(t *testing.T) {
	policy := Default()
	in := inputOf(&policy, backups())
	for _, trial := range in.Trials {
		learn := func(exact int) *state {
			p := policy
			p.Exact, p.Beam = exact, 1
			x := newLearner(&p, in.Corpus, &in.Rule, in.Removable.and(trial.Learn), in.Protected.and(trial.Learn), in.Pool, in.Attacks())
			best, _ := x.best()
			return best
		}
		beam, exact := learn(0), learn(200)
		if exact == nil || beam != nil && exact.value < beam.value {
			t.Errorf("exact %v, beam %v", exact, beam)
		}
	}
}

// TestOneOfBothIsEnoughWhereAttacksAreKnown: what is common in the pool, or what nothing
// saves, is left to a person if enough attacks are known, and else is not proposed.
func TestOneOfBothIsEnoughWhereAttacksAreKnown(t *testing.T) {
	common := func(in *Input) Clause { return Clause{made(in, "ParentImage", compiler.Whole, veeam)} }
	unsaved := func(in *Input) Clause {
		return Clause{made(in, "CommandLine", compiler.Anywhere, "/for="), made(in, "User", compiler.AtStart, `CORP\`)}
	}
	tests := map[string]struct {
		clause  func(in *Input) Clause
		attacks int
		want    Lane
	}{
		"common, saved, no attack":     {common, 0, Rejected},
		"common, saved, one attack":    {common, 1, Review},
		"common, saved, many attacks":  {common, 12, Review},
		"rare, unsaved, no attack":     {unsaved, 0, Rejected},
		"rare, unsaved, one attack":    {unsaved, 1, Rejected},
		"rare, unsaved, many attacks":  {unsaved, 12, Review},
		"rare, saved, no attack known": {func(in *Input) Clause { return common(in) }, -1, Review},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			policy := Default()
			var alerts []alert
			kept := 0
			for _, a := range backups() {
				if a.label == "protected" {
					if kept++; kept > tt.attacks {
						continue
					}
				}
				alerts = append(alerts, a)
			}
			if tt.attacks >= 0 && strings.HasPrefix(name, "common") {
				alerts = append(alerts, started(200, "pool", veeam, "net user"))
			}
			in := inputOf(&policy, alerts)
			k := Calibrated{Clause: tt.clause(in), Unseen: Support{Alerts: 9}, Claim: Claim{Tier: A1}}
			k.Removed = in.Corpus.Covered(k.Clause).And(in.Removable)
			if checks, lane := Examine(&policy, in, &k); lane != tt.want {
				t.Errorf("lane %s, want %s: %v", lane, tt.want, checks)
			}
		})
	}
}

// TestDearWithoutAnAttack: where no attack is known only clauses are proposed that an
// attacker can hardly satisfy, and never without a person.
func TestDearWithoutAnAttack(t *testing.T) {
	policy := Default()
	var alerts []alert
	for _, a := range backups() {
		if a.label != "protected" {
			alerts = append(alerts, a)
		}
	}
	in := inputOf(&policy, alerts)
	found := Tune(policy, in)
	for i := range found {
		if found[i].Clause.Score() < policy.Unproven {
			t.Errorf("proposed for %.1f: %s", found[i].Clause.Score(), found[i].Clause)
		}
	}
	policy.Unproven = 0
	found = Tune(policy, in)
	if len(found) == 0 {
		t.Fatal("nothing is found")
	}
	for i := range found {
		found[i].Tier = A1
		if _, lane := Examine(&policy, in, &found[i]); lane == Auto {
			t.Errorf("automatic: %s", found[i].Clause)
		}
	}
}
