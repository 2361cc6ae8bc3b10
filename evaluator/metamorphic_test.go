package evaluator_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/rules"
)

// Ways to write the same rule: both sides must match the same events, and
// where the compiler can see that they are the same, have the same hash.
func TestSameMeaningInOtherWords(t *testing.T) {
	for _, c := range []struct {
		name, one, other string
		hash             bool
	}{
		{"scalar or list of one", "{s: {f: a}, condition: s}", "{s: {f: [a]}, condition: s}", true},
		{"map or list of one map", "{s: {f: a, g: b}, condition: s}", "{s: [{f: a, g: b}], condition: s}", true},
		{"order of keys", "{s: {f: a, g: b}, condition: s}", "{s: {g: b, f: a}, condition: s}", true},
		{"or or list of conditions", "{s: {f: a}, u: {g: b}, condition: s or u}", "{s: {f: a}, u: {g: b}, condition: [s, u]}", true},
		{"names of selections", "{s: {f: a}, u: {g: b}, condition: all of them}", "{x: {g: b}, y: {f: a}, condition: x and y}", true},
		{"contains or stars", "{s: {f|contains: ab}, condition: s}", "{s: {f: '*ab*'}, condition: s}", true},
		{"startswith or star", "{s: {f|startswith: ab}, condition: s}", "{s: {f: 'ab*'}, condition: s}", true},
		{"order of modifiers", "{s: {f|contains|all: [a, b]}, condition: s}", "{s: {f|all|contains: [b, a]}, condition: s}", true},
		{"all of one", "{s: {f|contains|all: [a]}, condition: s}", "{s: {f|contains: a}, condition: s}", true},
		{"letter case", "{s: {f: éA}, condition: s}", "{s: {f: Éa}, condition: s}", true},
		{"neq or not", "{s: {f|neq: [a, b]}, condition: s}", "{s: {f: [a, b]}, condition: not s}", true},
		{"de Morgan", "{s: {f: a}, u: {g: b}, condition: not (s or u)}", "{s: {f: a}, u: {g: b}, condition: not s and not u}", false},
		{"twice not", "{s: {f: a}, condition: not not s}", "{s: {f: a}, condition: s}", true},
		{"precedence", "{s: {f: a}, u: {g: b}, v: {n: 1}, condition: s or u and v}", "{s: {f: a}, u: {g: b}, v: {n: 1}, condition: s or (u and v)}", true},
		{"list or or", "{s: {f: [a, b]}, condition: s}", "{s: {f: a}, u: {f: b}, condition: 1 of them}", true},
		{"absent or null", "{s: {f: null}, u: {f|exists: true}, condition: s and not u}", "{s: {f|exists: false}, condition: s}", false},
		{"regex or literal", "{s: {f|re: '^ab'}, condition: s}", "{s: {f|startswith|cased: ab}, condition: s}", false},
		{"number spelled otherwise", "{s: {n: 1.0}, condition: s}", "{s: {n|gte: 1}, u: {n|lte: 1}, condition: s and u}", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			one, other := singleRule(t, c.one), singleRule(t, c.other)
			if same := one.Rules[0].Hash == other.Rules[0].Hash; same != c.hash {
				t.Errorf("same hash = %v, want %v\n%s\n%s", same, c.hash, one, other)
			}
			a, b := evaluator.New(one), evaluator.New(other)
			g := generator{rand.New(rand.NewPCG(7, 7))}
			for range 2000 {
				event := g.event()
				if x, y := len(a.Match(event)), len(b.Match(event)); x != y {
					t.Fatalf("%d and %d matches on %s", x, y, evaluator.ValueOf(map[string]any(event)).Text())
				}
			}
		})
	}
}

func singleRule(t *testing.T, detection string) *compiler.Program {
	t.Helper()
	docs, diags := rules.Parse("rule.yml", []byte("title: t\nlogsource: {product: p}\ndetection: "+detection+"\n"))
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	set := &rules.Set{}
	set.Add(docs[0])
	p, diags := compiler.Compile(set, compiler.Options{})
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	return p
}

// A field that a rule does not name cannot change its verdict, unless the rule
// has keywords; and a rule's verdict does not depend on the rules beside it.
func TestWhatCannotMatter(t *testing.T) {
	g := generator{rand.New(rand.NewPCG(3, 3))}
	set := &rules.Set{}
	for len(set.Rules) < 200 {
		docs, diags := rules.Parse("rule.yml", []byte(g.rule()))
		if diags.Err() == nil {
			set.Add(docs[0])
		}
	}
	together, _ := compiler.Compile(set, compiler.Options{Placeholders: placeholderValues})
	all := evaluator.New(together)
	for range 200 {
		event := g.event()
		matched := map[*rules.Rule]bool{}
		for _, m := range all.Match(event) {
			matched[m.Rule.Source] = true
		}
		for _, r := range together.Rules {
			if all.MatchRule(r, event) != matched[r.Source] {
				t.Fatalf("MatchRule and Match disagree on\n%s", together)
			}
		}
		event["other"] = g.text()
		for _, m := range all.Match(event) {
			matched[m.Rule.Source] = !matched[m.Rule.Source]
		}
		for _, r := range together.Rules {
			if matched[r.Source] && !strings.Contains(r.Expr.String(together.Predicates), "any value") {
				t.Fatalf("a field that no rule names changed the verdict of %s", r.Expr.String(together.Predicates))
			}
		}
	}
}
