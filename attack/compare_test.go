package attack_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/attack"
)

// What ATT&CK 19 changed is told as MITRE's notes of the release tell it.
func TestCompare(t *testing.T) {
	c := attack.Compare(load(t, "18.1"), load(t, "19.1"))
	got := fmt.Sprintf("%+v added %d revoked %d deprecated %d removed %d restored %d", c.Tactics, len(c.Added), len(c.Revoked), len(c.Deprecated), len(c.Removed), len(c.Restored))
	want := "[{Kind:renamed ID:TA0005 Key:stealth Name:Stealth WasKey:defense-evasion WasName:Defense Evasion} " +
		"{Kind:added ID:TA0112 Key:defense-impairment Name:Defense Impairment WasKey: WasName:}] added 23 revoked 17 deprecated 0 removed 0 restored 0"
	if got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	became := map[string]int{}
	for _, m := range c.Moved {
		for _, lost := range m.Lost {
			if lost != "defense-evasion" {
				continue
			}
			switch gained := strings.Join(m.Gained, " "); {
			case strings.Contains(gained, "stealth"):
				became["stealth"]++
			case strings.Contains(gained, "defense-impairment"):
				became["defense-impairment"]++
			default:
				became["neither"]++
			}
		}
	}
	if diff := cmp.Diff(map[string]int{"stealth": 144, "defense-impairment": 41, "neither": 13}, became); diff != "" {
		t.Error(diff)
	}
	by := map[string]string{}
	for _, r := range c.Revoked {
		by[r.ID] = r.By
	}
	for id, want := range map[string]string{"T1562": "T1685", "T1562.006": "T1685", "T1562.003": "T1690", "T1070.001": "T1685.005", "T1656": "T1684.001", "T1672": "T1684.002"} {
		if by[id] != want {
			t.Errorf("%s became %q, want %s", id, by[id], want)
		}
	}
	if same := attack.Compare(load(t, "19.1"), load(t, "19.1")); !same.Empty() {
		t.Errorf("a release differs from itself: %+v", same)
	}
}

func TestHistory(t *testing.T) {
	var all []*attack.Facts
	for _, release := range attack.Releases() {
		all = append(all, load(t, release))
	}
	for id, want := range map[string]string{
		"T1089":     "16.1 revoked by T1562.001; 19.1 redirected by T1685",
		"T1562.001": "16.1 known; 17.1 platforms; 19.1 revoked by T1685",
		"T1685":     "16.1 absent; 19.1 added",
		"T1574.001": "16.1 known; 17.1 renamed; 19.1 moved",
	} {
		var got []string
		for _, e := range attack.History(id, all) {
			text := e.Release + " " + e.Kind
			if e.By != "" {
				text += " by " + e.By
			}
			got = append(got, text)
		}
		if all := strings.Join(got, "; "); all != want {
			t.Errorf("%s: %s, want %s", id, all, want)
		}
	}
}
