package expansion

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/backtest"
)

const remoteRule = `title: Shadow Copies Deleted By An Office Program
id: 0d9f5b4e-4a35-4c0f-a9a9-56a4e4b4b8a1
tags: [attack.t1490]
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: ['\vssadmin.exe', '\wbadmin.exe']
        ParentImage|endswith:
            - '\winword.exe' # macros
            - '\excel.exe'
        CommandLine|contains: delete
        User|startswith: 'CORP\'
    condition: selection
`

func pairScene() *scene {
	return &scene{rules: []string{remoteRule}, recorded: usual(), incident: []string{process(3, "PC7", `C:\Windows\System32\wbem\WMIC.exe`, "wmic shadowcopy delete", `C:\Office\outlook.exe`)}}
}

// Where a rule misses an event by two parts, both are widened at once.
func TestTwoPartsAreWidened(t *testing.T) {
	r := pairScene().expand(t)
	if r.Summary.Proposed != 1 || len(r.Proposals) != 1 {
		t.Fatalf("%+v\n%+v\n%+v", r.Summary, r.Near, r.Events)
	}
	p := r.Proposals[0]
	want := strings.NewReplacer(`'\wbadmin.exe']`, `'\wbadmin.exe', '\WMIC.exe']`, "            - '\\excel.exe'\n", "            - '\\excel.exe'\n            - '\\outlook.exe'\n").Replace(remoteRule)
	if diff := cmp.Diff(want, p.Document); diff != "" || p.Kind != Widening || p.Proof != "wider" || p.Parts != 2 {
		t.Errorf("%s %s %d (- want, + got)\n%s", p.Kind, p.Proof, p.Parts, diff)
	}
	if want := `add '\WMIC.exe' to Image|endswith, and add '\outlook.exe' to ParentImage|endswith`; p.Change != want {
		t.Errorf("%s, want %s", p.Change, want)
	}
	if p.Cost.Added != 0 || p.Cost.State != backtest.Within || len(p.Literals) != 2 || p.Weakest == "" {
		t.Errorf("%+v", p)
	}
	if n := r.Near[len(r.Near)-1]; n.Part != "Image|endswith" || n.Also != "ParentImage|endswith" || n.Line != 7 || n.AlsoLine != 8 || n.Proposal != p.ID {
		t.Errorf("%+v", n)
	}
}

// What two widened parts cost is more than what the two values cost together: each
// stands beside the values that are there.
func TestCostOfTwoParts(t *testing.T) {
	s := pairScene()
	s.recorded = append(slices.Concat(usual(), usual(), usual()),
		process(4, "PC1", `C:\Windows\vssadmin.exe`, "vssadmin delete 1", `C:\outlook.exe`),   // an old value with a new one
		process(5, "PC1", `C:\Windows\WMIC.exe`, "wmic delete 2", `C:\excel.exe`),             // a new one with an old one
		process(6, "PC1", `C:\Windows\WMIC.exe`, "wmic delete 3", `C:\outlook.exe`),           // both new
		process(7, "PC1", `C:\Windows\WMIC.exe`, "wmic delete 4", `C:\Windows\explorer.exe`),  // one new, the other neither
		process(8, "PC1", `C:\Windows\vssadmin.exe`, "vssadmin delete 5", `C:\x\winword.exe`)) // an alert as it is
	r := s.expand(t)
	if len(r.Proposals) != 1 {
		t.Fatalf("%+v", r)
	}
	if c := r.Proposals[0].Cost; c.Added != 3 || c.Before != 1 || c.After != 4 {
		t.Errorf("cost %+v", c)
	}
	s.budget = 0.2 // longer values that keep to it
	if r = s.expand(t); len(r.Proposals) != 1 || r.Proposals[0].Change != `add '\wbem\WMIC.exe' to Image|endswith, and add '\Office\outlook.exe' to ParentImage|endswith` || r.Proposals[0].Cost.Added != 0 {
		t.Errorf("%+v", r.Proposals)
	}
	s.budget = 0.1
	if r = s.expand(t); len(r.Proposals) != 0 || len(r.Near) != 1 || !strings.Contains(r.Near[0].Rejected, "does not keep to the budget") {
		t.Errorf("%+v", r)
	}
}

// A rule that misses by one part comes first, and takes the event.
func TestOnePartComesBeforeTwo(t *testing.T) {
	s := pairScene()
	s.rules = append(s.rules, shadowRule)
	r := s.expand(t)
	if len(r.Proposals) != 1 || r.Proposals[0].Parts != 1 || r.Proposals[0].Title != "Shadow Copies Deleted" {
		t.Fatalf("%+v", r.Proposals)
	}
	if n := r.Near[len(r.Near)-1]; n.Also == "" || n.Rejected != "other proposals catch its events" {
		t.Errorf("%+v", n)
	}
}

// Neither exclusions nor what a rule is about is touched, and the rest has to tell.
func TestPairsThatLeadToNothing(t *testing.T) {
	for name, c := range map[string]struct{ from, to, why string }{
		"one value of a part is what the rule is about": {`['\vssadmin.exe', '\wbadmin.exe']`, `'\vssadmin.exe'`, "no value of the events generalises"},
		"the rest of the rule says too little":          {"        CommandLine|contains: delete\n", "        CommandLine|contains: e\n", ""},
		"another technique":                             {"attack.t1490", "attack.t1003", "not tagged with a technique"},
	} {
		s := pairScene()
		s.rules[0] = strings.Replace(s.rules[0], c.from, c.to, 1)
		s.technique = []string{"attack.t1490"}
		if name == "the rest of the rule says too little" {
			s.recorded = append(s.recorded, process(4, "PC1", `C:\a.exe`, "delete", `C:\b.exe`), process(4, "PC1", `C:\a.exe`, "e", `C:\b.exe`))
			for range 20 {
				s.recorded = append(s.recorded, process(4, "PC1", `C:\a.exe`, "some e", `C:\b.exe`))
			}
			c.why = "the rest of the rule tells too little"
		}
		r := s.expand(t)
		n := slices.IndexFunc(r.Near, func(n NearMiss) bool { return n.Also != "" })
		if n < 0 || !strings.Contains(r.Near[n].Rejected, c.why) {
			t.Errorf("%s: %+v", name, r.Near)
		}
	}
	for name, rule := range map[string]string{
		"two items are left of three": strings.Replace(remoteRule, "        User|startswith: 'CORP\\'\n", "", 1),
		"three parts are missing":     strings.Replace(remoteRule, "CORP", "DOMAIN", 1),
		"an exclusion is one of two":  strings.NewReplacer("        ParentImage|endswith:\n            - '\\winword.exe' # macros\n            - '\\excel.exe'\n", "", "    condition: selection", "    other: {ParentImage|endswith: '\\outlook.exe'}\n    condition: selection and not other").Replace(remoteRule),
		"a value of all is one":       strings.Replace(remoteRule, "        ParentImage|endswith:\n", "        ParentImage|contains|all:\n", 1),
	} {
		s := pairScene()
		s.rules[0] = rule
		for _, n := range s.expand(t).Near {
			if n.Also != "" {
				t.Errorf("%s: %+v", name, n)
			}
		}
	}
}

// TestPairsAreAllOfThem: on random rules and events, two items decide together if and
// only if they are found.
func TestPairsAreAllOfThem(t *testing.T) {
	found := 0
	randomRules(t, 2500, func(p *compiler.Program, r *compiler.Rule, event fields, text string) {
		ev := evaluator.New(p)
		tr := &truth{ev, event, map[int]bool{}}
		if ev.Holds(r.Expr, event) || len(tr.flips(r.Expr)) > 0 {
			return
		}
		got := tr.pairs(r.Expr)
		found += len(got)
		with := func(a, b *compiler.Expr) bool {
			return ev.Holds(replaced(r.Expr, []flip{{part: a}, {part: b}}, map[*compiler.Expr]*compiler.Expr{}), event)
		}
		for _, pair := range got {
			if ev.Holds(pair[0].part, event) || ev.Holds(pair[1].part, event) || !with(pair[0].part, pair[1].part) {
				t.Fatalf("%s and %s do not decide\n%s", pair[0].part.String(p.Predicates), pair[1].part.String(p.Predicates), text)
			}
		}
		var items []*compiler.Expr
		nodes(r.Expr, func(e *compiler.Expr) {
			if e.Item != nil && widens(flip{part: e, item: e}) && !ev.Holds(e, event) && !slices.Contains(items, e) {
				items = append(items, e)
			}
		})
		for i, a := range items {
			for _, b := range items[i+1:] {
				if with(a, b) && !slices.ContainsFunc(got, func(p [2]flip) bool {
					return p[0].part == a && p[1].part == b || p[0].part == b && p[1].part == a
				}) {
					t.Fatalf("%s and %s decide and are not found on %v\n%s", a.String(p.Predicates), b.String(p.Predicates), event, text)
				}
			}
		}
	})
	if found < 200 {
		t.Errorf("only %d pairs were found", found)
	}
}

func TestEditsOfOneFile(t *testing.T) {
	for name, c := range map[string]struct {
		edits []edit
		want  string
	}{
		"in any order":       {[]edit{{0, 1, "A"}, {4, 4, "x"}, {2, 3, ""}}, "Abdxef"},
		"one beside it":      {[]edit{{0, 2, "A"}, {2, 3, "C"}}, "ACdef"},
		"one over the other": {[]edit{{0, 3, "A"}, {2, 3, "C"}}, "error: " + errLayout.Error()},
	} {
		got, err := edited([]byte("abcdef"), c.edits...)
		if err != nil {
			got = "error: " + err.Error()
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
