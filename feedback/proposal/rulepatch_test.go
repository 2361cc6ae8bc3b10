package proposal

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/corpus"
	"github.com/socctl/socctl/feedback/tuning"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/logsource"
)

var patchDay = time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)

func wishFor(r *compiler.Rule, c tuning.Clause) wish {
	d := &document{rule: r, clause: c, tier: tuning.A2, owner: "o", evidence: "merkle:x", now: patchDay}
	return wish{clause: c, id: d.id(), reason: "r", filter: d}
}

// patched returns what becomes of a rule, or why nothing does.
func patched(t *testing.T, text string, clauses ...tuning.Clause) string {
	t.Helper()
	p := compiled(t, text)
	var wishes []wish
	for _, c := range clauses {
		wishes = append(wishes, wishFor(p.Rules[0], c))
	}
	e := &Evidence{Table: logsource.Default()}
	patch, why := e.patch(p.Rules[0], wishes, patchDay)
	if why != "" {
		return "refused: " + why
	}
	after, err := patch.After()
	if err != nil {
		t.Fatal(err)
	}
	return string(after)
}

const patchHead = `title: T # of a person
id: 929a690e-bef0-4204-a928-ef5e620d6fcc
modified: 2024-01-02   # see the log
logsource: {category: process_creation, product: windows}
`

func TestRulePatch(t *testing.T) {
	vendor := tuning.Clause{tuning.NewLiteral("ParentImage", compiler.Whole, `C:\Program Files\Acme\Agent\agent.exe`)}
	system := tuning.Clause{tuning.NewLiteral("CommandLine", compiler.Anywhere, `--a*b'`), tuning.NewLiteral("CommandLine", compiler.Anywhere, `c:\windows\x`), tuning.NewLiteral("ParentImage", compiler.Whole, `C:\Windows\System32\svchost.exe`)}
	for name, c := range map[string]struct {
		detection string
		clauses   []tuning.Clause
		want      string // the lines behind detection:, or a refusal
	}{
		"plain": {"    selection: {Image: a} # mine\n    condition: selection   # why\n", []tuning.Clause{vendor},
			"    selection: {Image: a} # mine\n    filter_optional_agent:\n        ParentImage: 'C:\\Program Files\\Acme\\Agent\\agent.exe'\n    condition: selection and not 1 of filter_optional_*   # why\n"},
		"any of": {"  a: {Image: a}\n  b: {Image: b}\n  condition: a or b\n", []tuning.Clause{vendor},
			"  a: {Image: a}\n  b: {Image: b}\n  filter_optional_agent:\n    ParentImage: 'C:\\Program Files\\Acme\\Agent\\agent.exe'\n  condition: (a or b) and not 1 of filter_optional_*\n"},
		"already excluding": {"    selection: {Image: a}\n    filter_main_x: {User: y}\n    condition: 'selection and not 1 of filter_*'\n", []tuning.Clause{vendor},
			"    selection: {Image: a}\n    filter_main_x: {User: y}\n    filter_optional_agent:\n        ParentImage: 'C:\\Program Files\\Acme\\Agent\\agent.exe'\n    condition: 'selection and not 1 of filter_*'\n"},
		"name taken": {"    selection: {Image: a}\n    filter_optional_agent: {User: y}\n    condition: selection and not 1 of filter_optional_*\n", []tuning.Clause{vendor},
			"    selection: {Image: a}\n    filter_optional_agent: {User: y}\n    filter_optional_agent_ID:\n        ParentImage: 'C:\\Program Files\\Acme\\Agent\\agent.exe'\n    condition: selection and not 1 of filter_optional_*\n"},
		"two": {"    selection: {Image: a}\n    condition: selection\n", []tuning.Clause{vendor, system[2:]},
			"    selection: {Image: a}\n    filter_optional_agent:\n        ParentImage: 'C:\\Program Files\\Acme\\Agent\\agent.exe'\n    filter_main_svchost:\n        ParentImage: 'C:\\Windows\\System32\\svchost.exe'\n    condition: selection and not 1 of filter_optional_* and not 1 of filter_main_*\n"},
		"several of one field": {"    selection: {Image: a}\n    condition: selection\n", []tuning.Clause{system},
			"    selection: {Image: a}\n    filter_optional_a_b:\n        CommandLine|contains|all:\n            - '--a\\*b'''\n            - 'c:\\windows\\x'\n        ParentImage: 'C:\\Windows\\System32\\svchost.exe'\n    condition: selection and not 1 of filter_optional_*\n"},
		"in one line":           {"    {selection: {Image: a}, condition: selection}\n", []tuning.Clause{vendor}, "refused: the condition does not stand behind its key"},
		"several conditions":    {"    selection: {Image: a}\n    condition: [selection, selection]\n", []tuning.Clause{vendor}, "refused: the rule has several conditions"},
		"over lines":            {"    selection: {Image: a}\n    condition: >\n        selection\n        and selection\n", []tuning.Clause{vendor}, "refused: the condition"},
		"all of them":           {"    selection: {Image: a}\n    condition: all of them\n", []tuning.Clause{vendor}, "refused: it would not mean the same as the filter"},
		"a pattern swallows it": {"    filter_optional_x: {Image: a}\n    condition: 1 of filter_*\n", []tuning.Clause{vendor}, "refused: it would not mean the same as the filter"},
	} {
		t.Run(name, func(t *testing.T) {
			got := patched(t, patchHead+"detection:\n"+c.detection, c.clauses...)
			if strings.HasPrefix(c.want, "refused") {
				if !strings.HasPrefix(got, c.want) {
					t.Errorf("%s, want %s", got, c.want)
				}
				return
			}
			head := strings.Replace(patchHead, "2024-01-02", "2026-06-01", 1)
			want := head + "detection:\n" + strings.Replace(c.want, "ID", idOf("929a690e-bef0-4204-a928-ef5e620d6fcc", c.clauses[0].String())[:8], 1)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
	windows := strings.ReplaceAll(patchHead+"detection:\n    selection: {Image: a}\n    condition: selection\n", "\n", "\r\n")
	if got := patched(t, windows, vendor); strings.Count(got, "\n") != strings.Count(got, "\r\n") {
		t.Errorf("line ends are mixed: %q", got)
	}
}

// TestPublicRulesArePatched changes every public rule: each change is proven to mean
// the same as the filter, and nothing but what is added, the condition and the day
// differs.
func TestPublicRulesArePatched(t *testing.T) {
	clause := tuning.Clause{tuning.NewLiteral("ParentImage", compiler.Whole, `C:\Program Files\Acme\Agent\agent.exe`)}
	program, _ := compiler.Compile(corpus.Rules(t), compiler.Options{})
	e := &Evidence{Table: logsource.Default()}
	patched := 0
	refused := map[string]int{}
	for i, r := range program.Rules {
		if i%5 != 0 {
			continue
		}
		p, why := e.patch(r, []wish{wishFor(r, clause)}, patchDay)
		if why != "" {
			kind, _, _ := strings.Cut(why, ":")
			refused[kind]++
			continue
		}
		patched++
		after, err := p.After()
		if err != nil {
			t.Fatal(err)
		}
		before := strings.Split(string(p.Before()), "\n")
		changed := 0
		now := map[string]bool{}
		for _, line := range strings.Split(string(after), "\n") {
			now[line] = true
		}
		for _, line := range before {
			if !now[line] {
				changed++
			}
		}
		if changed > 2 {
			t.Errorf("%s: %d lines are gone", p.Path, changed)
		}
		docs, _ := rules.Parse(p.Path, after)
		if len(docs) == 0 || docs[0].Meta().Invalid {
			t.Errorf("%s: what was written is no rule", p.Path)
		}
	}
	t.Logf("%d changed, refused %v", patched, refused)
	if patched < 650 {
		t.Errorf("only %d rules could be changed: %v", patched, refused)
	}
}

// TestOfSite: what only one site has does not belong into a rule that others use.
func TestOfSite(t *testing.T) {
	p := compiled(t, patchHead+"detection:\n    selection: {Image: a}\n    condition: selection\n")
	e := &Evidence{Table: logsource.Default()}
	for _, c := range []struct {
		field, value string
		want         bool
	}{
		{"ParentImage", `C:\Program Files\Acme\agent.exe`, false},
		{"CommandLine", `--scan`, false},
		{"ParentImage", `\\fs01.corp\tools\agent.exe`, true},
		{"ParentImage", `\\?\C:\Windows\x.exe`, false},
		{"ParentImage", `C:\Users\eve\agent.exe`, true},
		{"CommandLine", `/home/eve/agent`, true},
		{"User", `CORP\svc_backup`, true},
		{"ParentUser", `NT AUTHORITY\SYSTEM`, true},
	} {
		if got := e.ofSite(p.Rules[0], tuning.NewLiteral(c.field, compiler.Whole, c.value)); got != c.want {
			t.Errorf("%s %s: %t, want %t", c.field, c.value, got, c.want)
		}
	}
}

// TestPatchInFileOfSeveral changes one of several documents of a file and leaves the
// others alone.
func TestPatchInFileOfSeveral(t *testing.T) {
	text := "title: First\nid: 0b1e5e5d-0d0f-4f1e-9d3b-6f0c53a6e0a9\nlogsource: {category: process_creation, product: windows}\ndetection:\n    selection: {Image: z}\n    condition: selection\n---\n" +
		patchHead + "detection:\n    selection: {Image: a}\n    condition: selection\n---\ntitle: Last\nlogsource: {category: process_creation, product: windows}\ndetection:\n    selection: {Image: y}\n    condition: selection\n"
	docs, _ := rules.Parse("r.yml", []byte(text))
	set := &rules.Set{}
	for _, d := range docs {
		set.Add(d)
	}
	set.Link()
	p, _ := compiler.Compile(set, compiler.Options{})
	e := &Evidence{Table: logsource.Default()}
	patch, why := e.patch(p.Rules[1], []wish{wishFor(p.Rules[1], tuning.Clause{tuning.NewLiteral("ParentImage", compiler.Whole, `C:\Program Files\Acme\agent.exe`)})}, patchDay)
	if why != "" {
		t.Fatal(why)
	}
	program, why := programWith(set, plainly, &patch.Patch)
	if why != "" || len(program.Rules) != 3 {
		t.Fatalf("%s, %d rules", why, len(program.Rules))
	}
	for i, r := range program.Rules {
		if same := r.Hash == p.Rules[i].Hash; same != (i != 1) {
			t.Errorf("rule %d: the same is %t", i, same)
		}
	}
}
