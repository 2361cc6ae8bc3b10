package adequacy_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/evaluator/adequacy"
)

const shell = `title: Shell
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\cmd.exe'
        CommandLine|contains: 'net user /add'
        ParentImage|endswith: '\winword.exe'
    condition: selection
`

const shellTests = `tests:
    - name: account added
      event: {Channel: Microsoft-Windows-Sysmon/Operational, EventID: 1, Image: 'C:\Windows\System32\cmd.exe', CommandLine: 'cmd.exe /c net user /add', ParentImage: 'C:\Office\winword.exe'}
      match: true
`

func TestEvade(t *testing.T) {
	_, r := ran(t, project(t, shell, shellTests))
	got := map[string]string{}
	var order []adequacy.Cost
	for _, x := range adequacy.Evade(r.Program, adequacy.Subjects(r), 1)[0].Tried {
		order = append(order, x.Cost)
		line := "seen"
		if x.Escaped > 0 {
			line = "escapes"
			for _, field := range x.Fields() {
				line += " " + x.After[field]
			}
		}
		got[x.Trick] = line
	}
	want := map[string]string{
		"other letter case":         "seen",
		"quotes within words":       `escapes cmd.exe /c ne""t us""er /a""dd`,
		"program in quotes":         "seen",
		"program without extension": "seen",
		"two spaces for one":        "escapes cmd.exe  /c  net  user  /add",
		"dash for slash":            "escapes cmd.exe -c net user -add",
		"carets":                    "escapes cmd.exe /c n^et u^ser /add",
		"last switch first":         "escapes cmd.exe /add /c net user",
		"renamed program":           `escapes update.exe /c net user /add C:\Windows\System32\update.exe`,
		"other parent":              `escapes C:\Windows\explorer.exe`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("tricks (- want, + got):\n%s", diff)
	}
	if order[0] != adequacy.Spelling || order[len(order)-1] != adequacy.Coding {
		t.Errorf("the order of costs is %v", order)
	}
}

// A changed file is tried where the rule looks at what is in it: else a copy does.
func TestEvadeByPatching(t *testing.T) {
	rule := strings.Replace(shell, `        ParentImage|endswith: '\winword.exe'`, "        OriginalFileName: Cmd.Exe", 1)
	_, r := ran(t, project(t, rule, strings.Replace(shellTests, "ParentImage: 'C:\\Office\\winword.exe'", "OriginalFileName: Cmd.Exe", 1)))
	found := false
	for _, x := range adequacy.Evade(r.Program, adequacy.Subjects(r), 1)[0].Tried {
		if x.Cost == adequacy.Patching {
			found = true
			if x.Escaped != 1 || x.After["OriginalFileName"] != "update" {
				t.Errorf("%+v", x)
			}
		}
	}
	if !found {
		t.Error("it was not tried")
	}
}

// What loads a library, or writes a file, is a program that is there already: it is
// not renamed.
func TestOnlyStartsAreDisguised(t *testing.T) {
	const rule = "title: Load\nlogsource: {category: image_load, product: windows}\ndetection: {s: {Image|endswith: '\\lsass.exe', Signed: 'false'}, condition: s}\n"
	_, r := ran(t, project(t, rule, "tests:\n    - name: loaded\n      event: {Channel: Microsoft-Windows-Sysmon/Operational, EventID: 7, Image: 'C:\\Windows\\System32\\lsass.exe', Signed: 'false'}\n      match: true\n"))
	if subjects := adequacy.Subjects(r); len(subjects) != 1 || len(subjects[0].Tests) != 1 {
		t.Fatalf("%+v", r.Cases)
	}
	if got := adequacy.Evade(r.Program, adequacy.Subjects(r), 1); len(got) != 0 {
		t.Errorf("%+v", got)
	}
}

// Where there is no Windows, its spellings are not tried.
func TestEvadeElsewhere(t *testing.T) {
	linux := strings.NewReplacer("windows", "linux", `\`, "/").Replace(shell)
	tests := strings.NewReplacer(`C:\Windows\System32\cmd.exe`, "/bin/cmd.exe", `C:\Office\winword.exe`, "/bin/winword.exe", "Microsoft-Windows-Sysmon/Operational", "Linux-Sysmon/Operational").Replace(shellTests)
	_, r := ran(t, project(t, linux, tests))
	var got []string
	for _, x := range adequacy.Evade(r.Program, adequacy.Subjects(r), 1)[0].Tried {
		got = append(got, x.Trick)
	}
	if diff := cmp.Diff([]string{"last switch first", "renamed program"}, got); diff != "" {
		t.Errorf("tricks (- want, + got):\n%s", diff)
	}
}
