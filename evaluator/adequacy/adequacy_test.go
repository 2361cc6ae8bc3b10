package adequacy_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/evaluator/adequacy"
	"github.com/socctl/socctl/evaluator/ruletest"
)

const rule = `title: Archive With Password
logsource: {category: process_creation, product: windows}
detection:
    selection_image:
        Image|endswith:
            - '\rar.exe'
            - '\7z.exe'
    selection_switch:
        CommandLine|contains|all:
            - ' a '
            - ' -hp'
        User|contains: svc
    filter_main_backup:
        ParentImage: 'C:\Backup\agent.exe'
    condition: all of selection_* and not 1 of filter_main_*
`

const tests = `events:
    pack: {Channel: Microsoft-Windows-Sysmon/Operational, EventID: 1, Image: 'C:\Tools\rar.exe', CommandLine: 'rar a -hpx y z', User: 'X\svc', ParentImage: 'C:\Windows\explorer.exe'}
tests:
    - {name: packed, event: {from: pack}, match: true}
    - {name: backup, event: {from: pack, ParentImage: 'C:\Backup\agent.exe'}, match: false}
    - {name: listed, event: {from: pack, CommandLine: 'rar l z'}, match: false}
`

// project lays a rule and its tests down in a folder.
func project(t testing.TB, rule, tests string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"rules/archive.yml": rule, "tests/archive.yml": tests} {
		at := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// ran loads and runs the tests of a folder.
func ran(t testing.TB, dir string) (*ruletest.Suite, *ruletest.Result) {
	t.Helper()
	suite, diags := ruletest.Load(ruletest.LoadOptions{Paths: []string{dir}})
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	return suite, ruletest.Run(context.Background(), suite, ruletest.RunOptions{Keep: true, Untested: true})
}

func TestCover(t *testing.T) {
	_, r := ran(t, project(t, rule, tests))
	all := adequacy.Cover(r.Program, adequacy.Subjects(r), 1, nil)
	var got []string
	for _, p := range all[0].Parts {
		line := fmt.Sprintf("%s %s %d:", p.Kind, p.Name, p.Span.Start.Line)
		for _, f := range []struct {
			word string
			is   bool
		}{{"true", p.True}, {"false", p.False}, {"decides-true", p.DecidesTrue}, {"decides-false", p.DecidesFalse}} {
			if f.is {
				line += " " + f.word
			}
		}
		got = append(got, line)
	}
	want := []string{
		`selection selection_image 4: true decides-true`,
		`value selection_image.Image|endswith '\rar.exe' 6: true decides-true`,
		`value selection_image.Image|endswith '\7z.exe' 7: false`,
		`selection selection_switch 8: true false decides-true decides-false`,
		`item selection_switch.CommandLine|contains|all 9: true false decides-true decides-false`,
		`value selection_switch.CommandLine|contains|all ' a ' 10: true false decides-true`,
		`value selection_switch.CommandLine|contains|all ' -hp' 11: true false decides-true`,
		`item selection_switch.User|contains 12: true decides-true`,
		`selection filter_main_backup 13: true false decides-true decides-false`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("parts (- want, + got):\n%s", diff)
	}
	if n := all[0].Counts(); n.Parts != 9 || n.Decisive != 3 || n.Never != 0 {
		t.Errorf("counts are %+v", n)
	}
}

// A value that another one covers can never decide, and that is proven.
func TestNeverDecides(t *testing.T) {
	shadowed := strings.Replace(rule, `'\7z.exe'`, `'\winrar\rar.exe'`, 1)
	_, r := ran(t, project(t, shadowed, tests))
	for _, p := range adequacy.Cover(r.Program, adequacy.Subjects(r), 1, nil)[0].Parts {
		if want := strings.Contains(p.Name, "winrar"); p.NeverTrue != want {
			t.Errorf("%s never decides where it holds: %t, want %t", p.Name, p.NeverTrue, want)
		}
	}
}

// TestMutantsAreEdits checks mutants against rules in which a person made the same
// change: a mutant is killed if and only if the tests fail for the edited rule.
func TestMutantsAreEdits(t *testing.T) {
	_, r := ran(t, project(t, rule, tests))
	survived := map[string]*adequacy.Survivor{}
	m := adequacy.Mutate(r.Program, adequacy.Subjects(r), 1, nil)[0]
	for i := range m.Survivors {
		s := &m.Survivors[i]
		survived[fmt.Sprintf("%d: %s", s.Span.Start.Line, s.Change)] = s
	}
	edits := []struct{ change, old, new string }{
		{`6: value '\rar.exe' dropped`, "            - '\\rar.exe'\n", ""},
		{`7: value '\7z.exe' dropped`, "            - '\\7z.exe'\n", ""},
		{`10: value ' a ' dropped`, "            - ' a '\n", ""},
		{`11: value ' -hp' dropped`, "            - ' -hp'\n", ""},
		{`12: User|contains dropped`, "        User|contains: svc\n", ""},
		{`9: any of instead of all of in CommandLine|contains|all`, "|contains|all", "|contains"},
		{`5: contains instead of endswith in Image|endswith`, "Image|endswith", "Image|contains"},
		{`12: endswith instead of contains in User|contains`, "User|contains", "User|endswith"},
		{`12: startswith instead of contains in User|contains`, "User|contains", "User|startswith"},
		{`5: cased added to Image|endswith`, "Image|endswith", "Image|endswith|cased"},
		{`15: or instead of and in all of selection_* and not 1 of filter_main_*`, "_* and not", "_* or not"},
		{`15: any of instead of all of in all of selection_*`, "all of selection", "1 of selection"},
		{`15: not dropped before 1 of filter_main_*`, "and not 1", "and 1"},
		{`15: not 1 of filter_main_* dropped`, " and not 1 of filter_main_*", ""},
	}
	for _, e := range edits {
		edited := strings.Replace(rule, e.old, e.new, 1)
		if edited == rule {
			t.Fatalf("%s: no such text", e.change)
		}
		_, result := ran(t, project(t, edited, tests))
		if killed := !result.Clean(); killed != (survived[e.change] == nil) {
			t.Errorf("%s: killed is %t, of the edited rule %t", e.change, survived[e.change] == nil, killed)
		}
		s := survived[e.change]
		if s == nil {
			continue
		}
		delete(survived, e.change)
		if s.Event == nil {
			t.Errorf("%s: no event: %s", e.change, s.Reason)
			continue
		}
		before := adequacy.Matches(r.Program, m.Rule, s.Event.Value, nil)
		after := adequacy.Matches(result.Program, result.Program.Rules[0], s.Event.Value, nil)
		if before != s.Matches || after == before {
			t.Errorf("%s: the event is matched by the rule: %t (said %t), by the edited rule: %t", e.change, before, s.Matches, after)
		}
	}
	for change := range survived {
		if !strings.Contains(change, "cased added") && !strings.Contains(change, "instead of") && !strings.Contains(change, "dropped") {
			t.Errorf("unknown change %s", change)
		}
	}
	n := m.Counts()
	if n.Mutants != n.Killed+n.Survived+n.Equivalent || n.Killed == 0 || n.Survived == 0 {
		t.Errorf("counts are %+v", n)
	}
}

// A change that cannot matter is proven equivalent and left out.
func TestEquivalentMutants(t *testing.T) {
	doubled := strings.Replace(rule, `'\7z.exe'`, `'\winrar\rar.exe'`, 1)
	_, r := ran(t, project(t, doubled, tests))
	m := adequacy.Mutate(r.Program, adequacy.Subjects(r), 1, nil)[0]
	for _, s := range m.Survivors {
		if strings.Contains(s.Change, "winrar") {
			t.Errorf("survived: %s", s.Change)
		}
	}
	if m.Equivalent == 0 {
		t.Error("nothing is equivalent")
	}
}

// The proposals for a rule make every part decide, pass, and kill what can be killed
// by dropping something.
func TestPropose(t *testing.T) {
	for _, existing := range []string{tests, "tests:\n    - {name: other, event: {Image: x}, match: false}\n"} {
		dir := project(t, rule, existing)
		suite, r := ran(t, dir)
		s := adequacy.Subjects(r)[0]
		p, err := adequacy.Propose(r.Program, s, s.Matching(), []string{"packed"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if n := p.After.Counts(); n.Decisive != n.Parts || len(p.Open) > 0 {
			t.Errorf("%d of %d parts decide; open: %v", n.Decisive, n.Parts, p.Open)
		}
		text := p.File()
		var names []string
		for _, test := range p.Tests {
			names = append(names, test.Name)
		}
		made, diags := suite.With(s.Rule.Source, filepath.Join(dir, "tests", "made.yml"), []byte(text), names)
		if len(diags) > 0 || len(made.Cases) != len(p.Tests) {
			t.Fatalf("%d of %d tests are read: %v\n%s", len(made.Cases), len(p.Tests), diags, text)
		}
		for _, c := range ruletest.Run(context.Background(), made, ruletest.RunOptions{}).Cases {
			if c.Status != ruletest.Pass {
				t.Errorf("%s: %s %s\n%s", c.Case.Name, c.Status, c.Message, text)
			}
		}
	}
}

func TestWorkersMakeNoDifference(t *testing.T) {
	_, r := ran(t, filepath.Join("..", "..", "rules", "starter"))
	subjects := adequacy.Subjects(r)[:20]
	show := func(jobs int) string {
		out := fmt.Sprint(adequacy.Total(adequacy.Cover(r.Program, subjects, jobs, nil)))
		for _, m := range adequacy.Mutate(r.Program, subjects, jobs, nil) {
			out += fmt.Sprintln(m.Rule.Title, m.Counts())
			for _, s := range m.Survivors {
				out += fmt.Sprintln(s.Span, s.Change, s.Matches)
				if s.Event != nil {
					out += string(s.Event.Value.AppendJSON(nil)) + "\n"
				}
			}
		}
		return out
	}
	if diff := cmp.Diff(show(1), show(3)); diff != "" {
		t.Errorf("one worker against three:\n%s", diff)
	}
}
