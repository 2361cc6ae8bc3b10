package overlap_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/lint/overlap"
	"github.com/socctl/socctl/rules"
)

const four = `title: Any Shell
logsource: {category: process_creation, product: windows}
detection: {s: {Image|endswith: ['\cmd.exe', '\powershell.exe']}, condition: s}
---
title: Cmd
logsource: {category: process_creation, product: windows}
detection: {s: {Image|endswith: '\cmd.exe', CommandLine|contains: '/c'}, condition: s}
---
title: Hostname
logsource: {category: process_creation, product: windows}
detection: {s: {Image|endswith: '\hostname.exe'}, condition: s}
---
title: Whoami
logsource: {category: process_creation, product: windows}
detection: {s: {Image|endswith: '\whoami.exe'}, condition: s}
`

func serial(n int, do func(int)) {
	for i := range n {
		do(i)
	}
}

// TestFind: one rule covers another, two fire together, and each group says what its
// members add.
func TestFind(t *testing.T) {
	docs, _ := rules.Parse("rules.yml", []byte(four))
	set, _ := rules.Assemble(docs)
	p, diags := compiler.Compile(set, compiler.Options{})
	if diags.Count(rules.Error) > 0 {
		t.Fatal(diags)
	}
	fired := overlap.NewFirings()
	for range 9 {
		fired.Add([]int{3, 2})
	}
	fired.Add([]int{3})
	fired.Add(nil)
	groups := overlap.Find(p, fired, overlap.Options{}, serial)
	if len(groups) != 2 {
		t.Fatalf("%d groups, want 2", len(groups))
	}
	covered := groups[0]
	if covered.Members[0].Rule.Title != "Any Shell" || covered.Members[1].Rule.Title != "Cmd" || len(covered.Members[1].CoveredBy) != 1 ||
		covered.Members[0].CoveredBy != nil || covered.Links[0].Kind != overlap.Covers {
		t.Errorf("first group: %+v", covered)
	}
	together := groups[1]
	l := together.Links[0]
	if l.Kind != overlap.CoFire || l.Both != 9 || l.JustA != 0 || l.JustB != 1 {
		t.Errorf("second group: %+v", l)
	}
	for _, m := range together.Members {
		want := map[string][2]int{"Hostname": {9, 0}, "Whoami": {10, 1}}[m.Rule.Title]
		if [2]int{m.Fired, m.Alone} != want {
			t.Errorf("%s fired %d, alone %d, want %v", m.Rule.Title, m.Fired, m.Alone, want)
		}
	}
}

const copied = `title: First
logsource: {category: process_creation, product: windows}
detection: {s: {Image: null}, condition: s}
---
title: Copy
logsource: {category: process_creation, product: windows}
detection: {other: {Image: null}, condition: other}
---
title: Twin
logsource: {category: process_creation, product: windows}
detection: {s: {Image: bbb, Image|re: ba}, t: {Image: null}, condition: 1 of *}
`

// Copies are rules that overlap, of rules that are the same the first adds something,
// and two are only surely the same if that is sure both ways: here several values
// satisfy the twin.
func TestSame(t *testing.T) {
	docs, _ := rules.Parse("rules.yml", []byte(copied))
	set, _ := rules.Assemble(docs)
	p, _ := compiler.Compile(set, compiler.Options{})
	groups := overlap.Find(p, nil, overlap.Options{}, serial)
	if len(groups) != 1 || len(groups[0].Members) != 3 || len(groups[0].Links) != 2 {
		t.Fatalf("%+v", groups)
	}
	for _, m := range groups[0].Members {
		if free := m.CoveredBy == nil; free != (m.Rule.Title == "First") {
			t.Errorf("%s is covered by %v", m.Rule.Title, m.CoveredBy)
		}
	}
	for _, l := range groups[0].Links {
		if l.Kind != overlap.Same || l.A.Title != "First" || l.Sure != (l.B.Title == "Copy") {
			t.Errorf("%s %s %s, sure %t", l.A.Title, l.Kind, l.B.Title, l.Sure)
		}
	}
}

const feeding = `title: Wide
name: wide
logsource: {product: acme, service: x}
detection: {s: {a|contains: b}, condition: s}
---
title: Narrow
name: narrow
logsource: {product: acme, service: x}
detection: {s: {a|contains: bb}, condition: s}
---
title: Twin
name: twin
logsource: {product: acme, service: x}
detection: {s: {a|contains: bb}, condition: s}
---
title: Many
correlation: {type: event_count, rules: [RULE], group-by: [u], timespan: 10m, condition: {gte: 5}, generate: GENERATE}
`

// A rule that only feeds a correlation raises no alert in the place of another one, and
// one that a correlation refers to cannot go, whoever else matches the same.
func TestRulesOfCorrelations(t *testing.T) {
	for _, c := range []struct {
		rule, generate string
		want           map[string]int
	}{
		{"wide", "false", map[string]int{"Twin": 1}},
		{"wide", "true", map[string]int{"Narrow": 1, "Twin": 1}},
		{"narrow", "false", map[string]int{}},
		{"narrow", "true", map[string]int{"Twin": 1}},
		{"twin", "false", map[string]int{"Narrow": 1}},
		{"twin", "true", map[string]int{"Narrow": 2}},
	} {
		docs, _ := rules.Parse("rules.yml", []byte(strings.NewReplacer("RULE", c.rule, "GENERATE", c.generate).Replace(feeding)))
		set, _ := rules.Assemble(docs)
		p, diags := compiler.Compile(set, compiler.Options{})
		if diags.Count(rules.Error) > 0 {
			t.Fatal(diags)
		}
		got := map[string]int{}
		for _, g := range overlap.Find(p, nil, overlap.Options{}, serial) {
			for _, m := range g.Members {
				if len(m.CoveredBy) > 0 {
					got[m.Rule.Title] = len(m.CoveredBy)
				}
			}
		}
		if !maps.Equal(got, c.want) {
			t.Errorf("%s feeds, generate: %s: covered are %v, want %v", c.rule, c.generate, got, c.want)
		}
	}
}
