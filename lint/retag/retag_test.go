package retag_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/attack"
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/lint/retag"
	"github.com/socctl/socctl/rules"
)

const rest = `
logsource: {category: process_creation, product: windows}
detection:
    sel: {Image|endswith: '\a.exe'}
    condition: sel
`

// migrate returns the file after a migration to 19.1, and what is asked.
func migrate(t *testing.T, source string, how attack.Rules) (after string, asked []string) {
	t.Helper()
	facts, err := attack.Load("19.1")
	if err != nil {
		t.Fatal(err)
	}
	docs, _ := rules.Parse("r.yml", []byte(source))
	plan := retag.Plan(docs, facts, how)
	for _, d := range plan {
		for _, m := range d.Moves {
			if m.Kind == attack.Ask {
				asked = append(asked, m.Span.String()+" "+m.Text+": "+m.Why)
			}
		}
	}
	after = source
	for _, r := range (lint.Fixer{}).Fix(retag.Findings(plan)) {
		if len(r.Refused)+len(r.Postponed) > 0 {
			t.Errorf("%d edits refused, %d postponed", len(r.Refused), len(r.Postponed))
		}
		after = string(r.After)
	}
	return after, asked
}

func TestPlan(t *testing.T) {
	for _, c := range []struct {
		name, tags, want string
		how              attack.Rules
		asked            []string
	}{
		{"comments, quotes and blanks stay", "tags:\n  - 'attack.t1562.001'   # tools\n\n  -   attack.defense_evasion\n  - \"cve.2026-1\"\n",
			"tags:\n  - 'attack.t1685'   # tools\n\n  -   attack.defense-impairment\n  - \"cve.2026-1\"\n", attack.Rules{}, nil},
		{"line ends stay", "tags:\r\n    - attack.defense-evasion\r\n    - attack.t1218\r\n    - attack.t1112\r\n",
			"tags:\r\n    - attack.defense-impairment\r\n    - attack.stealth\r\n    - attack.t1218\r\n    - attack.t1112\r\n", attack.Rules{}, nil},
		{"the first goes, another says the same", "tags:\n    - attack.defense-evasion\n    - attack.stealth\n    - attack.t1218\n",
			"tags:\n    - attack.stealth\n    - attack.t1218\n", attack.Rules{}, nil},
		{"escapes in brackets", `tags: ["attack\x2edefense-evasion", attack.t1218, "\x61ttack.t1112", attack.t1562.001, "attack.\x741562.001"]` + "\n",
			`tags: ["attack.stealth", attack.defense-impairment, attack.t1218, "\x61ttack.t1112", attack.t1685]` + "\n", attack.Rules{}, nil},
		{"brackets", "tags: [ attack.defense-evasion,  'attack.t1562.001' ]\n", "tags: [ attack.defense-impairment,  'attack.t1685' ]\n", attack.Rules{}, nil},
		{"brackets, one becomes two, one goes", "tags: [ attack.defense-evasion, 'attack.t1218', attack.t1112, attack.t1562, attack.t1562.001 ]  # why\n",
			"tags: [ attack.stealth, attack.defense-impairment, 'attack.t1218', attack.t1112, attack.t1685 ]  # why\n", attack.Rules{}, nil},
		{"added", "tags:\n    - attack.defense-evasion\n    - attack.t1078\n",
			"tags:\n    - attack.initial-access\n    - attack.persistence\n    - attack.privilege-escalation\n    - attack.stealth\n    - attack.t1078\n", attack.Rules{AllTactics: true}, nil},
		{"asked", "tags:\n    - attack.defense-evasion\n", "tags:\n    - attack.defense-evasion\n", attack.Rules{},
			[]string{"r.yml:3:7 attack.defense-evasion: ATT&CK 19.1 has no tactic defense-evasion, and the rule names no technique that would tell what it became"}},
		{"removed, as told", "tags:\n    - attack.defense-evasion\n    - attack.privilege-escalation\n    - attack.t1548.002\n", "tags:\n    - attack.privilege-escalation\n    - attack.t1548.002\n",
			attack.Rules{Choices: map[string][]string{"defense-evasion": {""}}}, nil},
		{"a comment would be lost", "tags:\n    - attack.stealth\n    - attack.t1218\n    - attack.defense-evasion # see below\n", "tags:\n    - attack.stealth\n    - attack.t1218\n    - attack.defense-evasion # see below\n", attack.Rules{},
			[]string{"r.yml:5:7 attack.defense-evasion: ATT&CK 19.1 has no tactic defense-evasion; its techniques of this rule are now of stealth, which another tag names; the tags stand where they cannot be edited without losing something: edit them by hand"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			tail := strings.TrimPrefix(rest, "\n")
			after, asked := migrate(t, "title: A\n"+c.tags+tail, c.how)
			if diff := cmp.Diff("title: A\n"+c.want+tail, after); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(c.asked, asked); diff != "" {
				t.Error(diff)
			}
			again, _ := migrate(t, after, attack.Rules{})
			if again != after {
				t.Errorf("a second migration makes of it\n%s", again)
			}
		})
	}
}

func FuzzPlan(f *testing.F) {
	f.Add("tags:\n - attack.t1562\n - attack.defense-evasion\n")
	f.Add("tags: [attack.t1562, attack.t1562.001, attack.defense-evasion]\n")
	f.Add("x: &a attack.t1562\ntags: [*a, 'attack.t1089']\n")
	f.Fuzz(func(t *testing.T, tags string) {
		migrate(t, "title: A\n"+tags+rest, attack.Rules{AllTactics: true, Choices: map[string][]string{"defense-evasion": {"stealth", ""}, "persistence": {""}}})
	})
}
