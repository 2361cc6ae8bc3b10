package tuning

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/compiler"
)

// TestEvade: how often a known attack has to be changed is counted by actions, not by
// comparisons, and each is tried.
func TestEvade(t *testing.T) {
	policy := Default()
	in := inputOf(&policy, backups()) // attackers start vssadmin from a shell or from a profile
	for name, tt := range map[string]struct {
		clause Clause
		edits  []string // fields, with what they are made to hold
		saved  int
	}{
		"another name": {Clause{made(in, "ParentImage", compiler.AtEnd, `\Veeam.Backup.Service.exe`)},
			[]string{`ParentImage: C:\Windows\System32\Veeam.Backup.Service.exe, give it another name`}, 0},
		"one action, two comparisons": {Clause{made(in, "ParentImage", compiler.AtStart, `C:\Users\Public\`), made(in, "ParentImage", compiler.AtEnd, `\agent.exe`)},
			[]string{`ParentImage: C:\Users\Public\agent.exe, put it elsewhere`}, 0},
		"two actions": {Clause{made(in, "CommandLine", compiler.Anywhere, "/for="), made(in, "ParentImage", compiler.AtEnd, `\agent.exe`)},
			[]string{`CommandLine: vssadmin delete shadows /all /for=, write the command line otherwise`, `ParentImage: C:\Windows\System32\agent.exe, give it another name`}, 0},
		"not for anybody": {Clause{made(in, "ParentImage", compiler.Whole, veeam)}, nil, 1},
		"hidden as it is": {Clause{made(in, "User", compiler.Whole, `CORP\svc`)}, nil, 0},
	} {
		t.Run(name, func(t *testing.T) {
			e := Evade(in, tt.clause)
			var got []string
			for _, x := range e.Edits {
				got = append(got, x.Field+": "+x.Value+", "+x.How)
			}
			if diff := cmp.Diff(tt.edits, got); diff != "" || len(e.Saved) != tt.saved {
				t.Errorf("saved by %v\n%s", e.Saved, diff)
			}
		})
	}
	in.Protected = in.Corpus.NewRows()
	if Evade(in, Clause{made(in, "User", compiler.Whole, `CORP\svc`)}) != nil {
		t.Error("an evasion without attacks")
	}
}

// TestWhatSavesIsHeldAgainstWhatIsKnown: a clause that only a field of the rule itself
// keeps from an attack is no better than luck, and so is one whose open fields other
// rules' alerts share.
func TestWhatSavesIsHeldAgainstWhatIsKnown(t *testing.T) {
	policy := Default()
	policy.Either = 0 // both are demanded
	alerts := backups()
	for i := range alerts {
		if alerts[i].label == "protected" { // the backup service was taken over
			alerts[i].Values["ParentImage"] = veeam
		}
	}
	if found := Tune(policy, inputOf(&policy, alerts)); len(found) != 0 {
		t.Errorf("an attack under the same parent: %v", found[0].Clause)
	}
	loose := policy
	loose.OpenKnown = false
	if found := Tune(loose, inputOf(&loose, alerts)); len(found) == 0 {
		t.Error("without the demand nothing is found either: the test shows nothing")
	}
	alerts = backups()
	for i := range alerts {
		if alerts[i].label == "pool" && i%2 == 0 {
			alerts[i].Values["ParentImage"] = veeam
		}
	}
	for _, k := range Tune(policy, inputOf(&policy, alerts)) {
		t.Errorf("half of what other rules tell of has the parent: %v", k.Clause)
	}
}
