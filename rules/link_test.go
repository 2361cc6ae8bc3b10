package rules_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/rules"
)

const linkBase = `title: A
name: a
id: 00000000-0000-4000-8000-00000000000a
logsource: {product: windows, service: security}
detection: {s: {f: x}, condition: s}
---
title: B
name: b
logsource: {product: linux}
detection: {s: {f: x}, condition: s}
---
title: Broken
name: broken
logsource: {product: linux}
detection: {s: {f|nix: x}, condition: s}
`

func correlationOf(body string) string {
	return "title: C\nname: c\ncorrelation: {type: temporal, timespan: 5m, group-by: [u], " + body + "}\n"
}

func filterOf(logsource, names, condition string) string {
	return "title: F\nlogsource: {" + logsource + "}\nfilter: {rules: " + names + ", s: {f: y}, condition: " + condition + "}\n"
}

func TestLinkProblems(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, document, want string }{
		{"good", correlationOf("rules: [a, b]"), ""},
		{"by id", correlationOf("rules: [00000000-0000-4000-8000-00000000000A, b]"), ""},
		{"unknown", correlationOf("rules: [a, bb]"), `d.yml:3:71: error[ref/unknown-rule]: no rule has the id or name "bb" (did you mean "b"?)`},
		{"title", correlationOf("rules: [A, b]"), `d.yml:3:68: error[ref/unknown-rule]: no rule has the id or name "A" (a rule has this title; give it a name: and refer to that)`},
		{"twice", correlationOf("rules: [a, 00000000-0000-4000-8000-00000000000a]"), `d.yml:3:71: error[ref/duplicate-reference]: the correlation refers to "A" twice (name every rule once)`},
		{"self", correlationOf("rules: [a, c]"), `d.yml:3:71: error[ref/self]: the correlation refers to itself (refer to the rules that it correlates)`},
		{"cycle", correlationOf("rules: [a, d]") + "---\n" + strings.ReplaceAll(strings.ReplaceAll(correlationOf("rules: [b, c]"), "name: c", "name: d"), "title: C", "title: D"),
			`d.yml:7:71: error[ref/correlation-cycle]: correlations refer to each other in a circle: C → D → C (remove one of the references)`},
		{"invalid", correlationOf("rules: [a, broken]"), `d.yml:3:71: error[ref/invalid-rule]: "Broken" has errors, so it cannot be correlated (mend it first)`},
		{"condition", correlationOf("rules: [a, b], condition: a and x"), "d.yml:3:71: error[ref/unused-rule]: the condition does not name \"b\" (name every rule in the condition, or list fewer rules)\n" +
			`d.yml:3:92: error[ref/undefined-rule]: the condition names "x", which is not among the rules of the correlation (add it to rules)`},
		{"pattern", correlationOf("rules: [a, b], condition: 1 of them"), "the condition"},
		{"no rules", correlationOf("condition: a and not b"), ""},
		{"alias", correlationOf("rules: [a, b], aliases: {u: {a: x, x: y}}"), "d.yml:3:85: warning[ref/alias-incomplete]: the alias \"u\" says nothing of \"b\" (there the field \"u\" itself is taken)\n" +
			`d.yml:3:95: warning[ref/alias-rule]: the alias "u" names "x", which the correlation does not refer to (it has no effect; name one of the correlation's rules)`},
		{"taxonomy", correlationOf("rules: [a, b]") + "taxonomy: ecs\n", "ref/taxonomy-mismatch"},
		{"filter", filterOf("product: windows", "[a]", "not s"), ""},
		{"filter any", filterOf("product: windows", "any", "not s"), ""},
		{"filter none", filterOf("product: macos", "any", "not s"), `d.yml:1:8: warning[ref/filter-targets-nothing]: the filter applies to no rule that is loaded (check its rules and its logsource)`},
		{"filter unknown", filterOf("product: windows", "[x]", "not s"), `d.yml:3:18: error[ref/unknown-rule]: no rule has the id or name "x"`},
		{"filter elsewhere", filterOf("product: windows", "[a, b]", "not s"), `d.yml:3:21: warning[filter/logsource-mismatch]: the filter's logsource (product=windows) is not that of "B" (product=linux), so it does not apply to it`},
		{"filter keeps", filterOf("product: windows", "[a]", "s"), `d.yml:3:44: warning[filter/not-negated]: the filter lets through only events that it describes, and suppresses all others (to exclude what it describes, write not s)`},
		{"filter of a correlation", filterOf("product: windows", "[c]", "not s") + "---\n" + correlationOf("rules: [a, b]"), `warning[filter/correlation]: "C" is a correlation`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, diags := rules.Load(fstest.MapFS{"a.yml": {Data: []byte(linkBase)}, "d.yml": {Data: []byte(test.document)}})
			var got []string
			for _, d := range diags {
				if d.Span.Path() == "d.yml" {
					got = append(got, d.String())
				}
			}
			if text := strings.Join(got, "\n"); text != test.want && (test.want == "" || !strings.Contains(text, test.want) || len(got) < len(strings.Split(test.want, "\n"))) {
				t.Error(cmp.Diff(test.want, text))
			}
		})
	}
}

// TestLinkAgain adds a document to a set that is linked already.
func TestLinkAgain(t *testing.T) {
	t.Parallel()
	set, _ := rules.Load(fstest.MapFS{"a.yml": {Data: []byte(linkBase)}})
	docs, _ := rules.Parse("f.yml", []byte(filterOf("product: windows", "any", "not s")))
	set.Add(docs[0])
	if set.Linked() {
		t.Fatal("the set claims to be linked")
	}
	for range 2 {
		if diags := set.Link(); diags.Count(rules.Error) > 0 {
			t.Fatal(diags)
		}
		if n := len(set.Rules[0].Filters); n != 1 || !set.Linked() {
			t.Errorf("%d filters apply, want 1", n)
		}
	}
	part := set.Select(func(d rules.Document) bool { return d.Meta().Title.Text == "A" })
	if len(part.Rules) != 1 || len(part.Filters) != 1 || !part.Linked() {
		t.Errorf("selected %d rules and %d filters", len(part.Rules), len(part.Filters))
	}
}
