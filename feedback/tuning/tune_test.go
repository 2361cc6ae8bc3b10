package tuning

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/rules/logsource"
)

var processes = logsource.Logsource{Category: "process_creation", Product: "windows"}

const (
	veeam    = `C:\Program Files\Veeam\Backup\Veeam.Backup.Service.exe`
	vssadmin = `C:\Windows\System32\vssadmin.exe`
	shell    = `C:\Windows\System32\cmd.exe`
)

// alert is an event with what is known of it.
type alert struct {
	Event
	label string // removable, protected, pool
}

func started(n int, label, parent, command string) alert {
	return alert{Event{Fingerprint: fmt.Sprintf("sha256:%04d", n), Source: fmt.Sprintf("recording-%d", n%8), Host: fmt.Sprintf("H%d", n%5), Day: 20000 + n%9,
		Values: map[string]string{"Image": vssadmin, "CommandLine": command, "ParentImage": parent, "User": `CORP\svc`}}, label}
}

// backups are alerts of a rule on vssadmin: a backup program removes shadow copies
// every day, and so did attackers.
func backups() []alert {
	var out []alert
	for n := range 80 {
		out = append(out, started(n, "removable", veeam, fmt.Sprintf("vssadmin delete shadows /for=%c:", 'C'+n%4)))
	}
	for n := 80; n < 92; n++ {
		out = append(out, started(n, "protected", []string{shell, `C:\Users\eve\x.exe`}[n%2], "vssadmin delete shadows /all"))
	}
	for n := 92; n < 140; n++ {
		out = append(out, started(n, "pool", shell, "net user"))
	}
	return out
}

// inputOf builds the input of a rule on vssadmin.
func inputOf(policy *Policy, alerts []alert) *Input {
	b := NewBuilder(logsource.Default(), processes, nil)
	for i := range alerts {
		b.Add(&alerts[i].Event)
	}
	c := b.Corpus()
	in := &Input{Rule: Rule{ID: "r", Constrained: []string{"Image", "CommandLine"}, Wanted: []string{`*\vssadmin.exe`, "*delete*"}}, Corpus: c,
		Removable: c.NewRows(), Protected: c.NewRows(), Pool: c.NewRows(), By: map[string][]string{}}
	for _, a := range alerts {
		row := c.Row(a.Fingerprint)
		switch a.label {
		case "removable":
			in.Removable.Add(row)
			in.By[a.Fingerprint] = []string{[]string{"human:alice", "human:bob"}[a.Fingerprint[len(a.Fingerprint)-1]%2]}
		case "protected":
			in.Protected.Add(row)
		case "pool":
			in.Pool.Add(row)
		}
	}
	known := in.Removable.And(in.Removable)
	known.Join(in.Protected)
	in.Trials = Trials(policy, c, known, in.Removable, in.Protected, "r", nil)
	return in
}

func TestTuneFindsWhatTellsBackupsFromAttacks(t *testing.T) {
	policy := Default()
	in := inputOf(&policy, backups())
	found := Tune(policy, in)
	if len(found) != 1 || found[0].Clause.String() != `ParentImage: "C:\\Program Files\\Veeam\\Backup\\Veeam.Backup.Service.exe"` {
		t.Fatalf("found %v", found)
	}
	k := found[0]
	if k.Removed.Count() != 80 || k.Learnt.Alerts+k.Unseen.Alerts != 80 || !k.Exact {
		t.Errorf("removed %d, learnt from %v, unseen %v, exact %v", k.Removed.Count(), k.Learnt, k.Unseen, k.Exact)
	}
	checks, lane := Examine(&policy, in, &k)
	for _, c := range checks {
		if !c.Passed {
			t.Errorf("%s fails: %s", c.ID, c.Text)
		}
	}
	if want := Review; lane != want && k.Tier == B {
		t.Errorf("lane %s with tier %s", lane, k.Tier)
	}
}

func TestTuneIsTheSameInAnyOrder(t *testing.T) {
	policy := Default()
	describe := func(alerts []alert) string {
		in := inputOf(&policy, alerts)
		out := ""
		for _, k := range Tune(policy, in) {
			checks, lane := Examine(&policy, in, &k)
			out += fmt.Sprintln(k.Clause, k.Exact, k.Variant, k.Learnt, k.Unseen, k.Pool, k.Removed, k.Tested, k.Tier, checks, lane)
		}
		return out
	}
	random := rand.New(rand.NewPCG(1, 2))
	alerts := backups()
	for i := range alerts { // so that there is something to choose
		alerts[i].Values["User"] = fmt.Sprintf(`CORP\u%d`, i%3)
		alerts[i].Values["IntegrityLevel"] = []string{"High", "Medium"}[i%2]
		if i%4 == 0 {
			alerts[i].Values["ParentImage"] = `C:\Program Files\Other\Agent.exe`
		}
	}
	for _, a := range alerts[:40] { // recordings share events
		a.Source = "recording-of-both"
		alerts = append(alerts, a)
	}
	want := describe(alerts)
	if want == "" {
		t.Fatal("nothing is proposed")
	}
	for range 5 {
		random.Shuffle(len(alerts), func(i, j int) { alerts[i], alerts[j] = alerts[j], alerts[i] })
		if diff := cmp.Diff(want, describe(alerts)); diff != "" {
			t.Fatal(diff)
		}
	}
}
