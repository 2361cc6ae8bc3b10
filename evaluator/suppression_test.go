package evaluator_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/rules"
)

const filteredRules = `title: Shell
name: shell
logsource: {product: windows, category: process_creation}
detection:
    s: {Image: sh}
    s2: {Image: bash}
    condition: 1 of s*
---
title: Other
name: other
logsource: {product: windows, category: process_creation}
detection: {s: {Image: sh}, condition: s}
`

func filterDocument(title, names, condition, selections string) string {
	return "title: " + title + "\nlogsource: {product: windows}\nfilter:\n    rules: " + names + "\n    condition: " + condition + "\n    " + selections + "\n"
}

// TestFilters is the truth table of rules with filters (D57, D58): what
// matches, and which filters suppressed what.
func TestFilters(t *testing.T) {
	t.Parallel()
	excludeUser := filterDocument("User", "[shell]", "not s", "s: {User: svc}")
	excludeHost := filterDocument("Host", "any", "not 1 of s*", "s1: {Host: a}\n    s3: {Host: b}")
	keep := filterDocument("Keep", "[shell]", "s", "s: {User: adm}")
	negatedAll := filterDocument("Them", "[shell]", "not all of them", "s: {User: svc}\n    t: {Host: a}")
	for _, test := range []struct {
		name    string
		filters []string
		event   evaluator.Map
		want    string // rules that match; suppressed ones with their filters
	}{
		{"none", nil, evaluator.Map{"Image": "sh"}, "Shell Other"},
		{"passes", []string{excludeUser}, evaluator.Map{"Image": "sh", "User": "x"}, "Shell Other"},
		{"excluded", []string{excludeUser}, evaluator.Map{"Image": "sh", "User": "svc"}, "Other -Shell:User"},
		{"absent field", []string{excludeUser}, evaluator.Map{"Image": "sh"}, "Shell Other"},
		{"rule does not match", []string{excludeUser}, evaluator.Map{"Image": "x", "User": "svc"}, ""},
		{"any", []string{excludeHost}, evaluator.Map{"Image": "sh", "Host": "b"}, "-Shell:Host -Other:Host"},
		{"own namespace of patterns", []string{excludeHost}, evaluator.Map{"Image": "bash", "Host": "c"}, "Shell"},
		{"names of the filter do not leak into the rule", []string{excludeUser}, evaluator.Map{"Image": "x", "User": "y"}, ""},
		{"two filters, one stops", []string{excludeUser, excludeHost}, evaluator.Map{"Image": "sh", "User": "svc", "Host": "c"}, "Other -Shell:User"},
		{"two filters, both stop", []string{excludeUser, excludeHost}, evaluator.Map{"Image": "sh", "User": "svc", "Host": "a"}, "-Shell:User,Host -Other:Host"},
		{"order", []string{excludeHost, excludeUser}, evaluator.Map{"Image": "sh", "User": "svc", "Host": "a"}, "-Shell:Host,User -Other:Host"},
		{"without not it keeps", []string{keep}, evaluator.Map{"Image": "sh", "User": "adm"}, "Shell Other"},
		{"without not it drops the rest", []string{keep}, evaluator.Map{"Image": "sh", "User": "svc"}, "Other -Shell:Keep"},
		{"them is of the filter", []string{negatedAll}, evaluator.Map{"Image": "sh", "User": "svc", "Host": "a"}, "Other -Shell:Them"},
		{"them needs all", []string{negatedAll}, evaluator.Map{"Image": "sh", "User": "svc", "Host": "b"}, "Shell Other"},
		{"other logsource", []string{strings.ReplaceAll(excludeHost, "windows", "linux")}, evaluator.Map{"Image": "sh", "Host": "a"}, "Shell Other"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := filteredProgram(t, test.filters)
			ev := evaluator.New(p)
			for range 2 { // nothing of one event is left for the next
				var got []string
				for _, m := range ev.Match(test.event) {
					got = append(got, m.Rule.Title)
				}
				for _, s := range ev.Suppressed() {
					var by []string
					for _, f := range s.By {
						by = append(by, f.Title.Text)
					}
					got = append(got, "-"+s.Rule.Title+":"+strings.Join(by, ","))
				}
				if text := strings.Join(got, " "); text != test.want {
					t.Errorf("got %q, want %q", text, test.want)
				}
			}
		})
	}
}

func filteredProgram(t *testing.T, filters []string) *compiler.Program {
	t.Helper()
	set, diags := rules.Load(fstest.MapFS{"r.yml": {Data: []byte(filteredRules)}, "z.yml": {Data: []byte("\n" + strings.Join(filters, "---\n"))}})
	p, more := compiler.Compile(set, compiler.Options{})
	if diags = append(diags, more...); diags.Count(rules.Error) > 0 {
		t.Fatal(diags.Err())
	}
	return p
}

// TestFiltersAndHash: a filter is part of what a rule means.
func TestFiltersAndHash(t *testing.T) {
	t.Parallel()
	plain := filteredProgram(t, nil)
	filtered := filteredProgram(t, []string{filterDocument("User", "[shell]", "not s", "s: {User: svc}")})
	if plain.Rules[0].Hash == filtered.Rules[0].Hash || plain.Rules[1].Hash != filtered.Rules[1].Hash {
		t.Error("the hash does not tell which rule is filtered")
	}
}

// TestBrokenFilter: a filter that cannot be compiled suppresses nothing.
func TestBrokenFilter(t *testing.T) {
	t.Parallel()
	set, _ := rules.Load(fstest.MapFS{"r.yml": {Data: []byte(filteredRules)},
		"f.yml": {Data: []byte(filterDocument("F", "any", "not s", "s: {User|re: '(?=x)'}"))}})
	p, diags := compiler.Compile(set, compiler.Options{})
	if diags.Count(rules.Error) != 1 {
		t.Errorf("got %v, want one error", diags)
	}
	if n := len(evaluator.New(p).Match(evaluator.Map{"Image": "sh"})); n != 2 {
		t.Errorf("%d rules match, want 2", n)
	}
}

func TestExplainFilter(t *testing.T) {
	t.Parallel()
	p := filteredProgram(t, []string{filterDocument("User", "[shell]", "not s", "s: {User: svc}")})
	x := evaluator.New(p).Explain(p.Rules[0], evaluator.Map{"Image": "sh", "User": "svc"})
	var kinds []string
	for _, n := range x.Root.Args {
		kinds = append(kinds, string(n.Kind)+" "+n.Label)
	}
	if diff := cmp.Diff([]string{"condition 1 of s*", "filter User"}, kinds); diff != "" || x.Matched {
		t.Error(diff)
	}
}
