package proof

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/solver"
	"github.com/socctl/socctl/evaluator/corpus"
	"github.com/socctl/socctl/rules"
)

// program compiles rules given by their detections.
func program(t testing.TB, detections ...string) *compiler.Program {
	t.Helper()
	set := &rules.Set{}
	for i, d := range detections {
		text := fmt.Sprintf("title: r%d\nlogsource: {category: process_creation, product: windows}\ndetection:\n%s\n", i, d)
		docs, diags := rules.Parse(fmt.Sprintf("%d.yml", i), []byte(text))
		if err := diags.Err(); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		set.Add(docs[0])
	}
	p, diags := compiler.Compile(set, compiler.Options{})
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	return p
}

var kinds = [...]string{"never", "all excluded", "always", "on absence", "dead", "idle", "covered", "implied", "twin"}

// say writes a fact in a line.
func (f *Fact) say() string {
	s := kinds[f.Kind] + " " + f.Part.String()
	if f.By != nil {
		s += " by " + f.By.String()
	}
	if f.Same {
		s += ", the same"
	}
	if f.Given {
		s += ", with the rest"
	}
	if !f.Sure {
		s += ", unless lists"
	}
	return s
}

func TestAnalyse(t *testing.T) {
	for _, c := range []struct{ name, detection, want string }{
		{"nothing", ` a: {F: x}
 b: {F|startswith: y}
 condition: a or b`, ""},
		{"never", ` a: {F: x, G: y}
 b: {F: z}
 condition: a and b`, "never (a and b), unless lists"},
		{"never, whatever the values", ` a: {F: x}
 condition: a and not a`, "all excluded a"},
		{"excluded by a wider text", ` a: {F|endswith: abc}
 b: {F|endswith: bc}
 condition: a and not b`, "all excluded b"},
		{"which of several exclusions", ` a: {F|endswith: abc}
 filter_a: {G: x}
 filter_b: {F|endswith: bc}
 condition: a and not 1 of filter_*`, "all excluded filter_b"},
		{"always", ` a: {F: x}
 condition: a or not a`, "always (a or not a)"},
		{"on absence", ` a: {F: x}
 condition: not a`, "on absence (a)"},
		{"dead value of a filter", ` a: {F|endswith: .exe}
 b: {F|endswith: [.dll, x.exe]}
 condition: a and not b`, "dead '.dll', unless lists"},
		{"dead selection among alternatives", ` a: {F: x}
 b: {G: y}
 c: {F: z}
 condition: a and (b or c)`, "dead c, unless lists"},
		{"dead, for a filter", ` a: {F: [xab, y]}
 b: {F|contains: ab}
 condition: a and not b`, "dead 'xab'"},
		{"idle", ` a: {F: x}
 b: {F: y}
 condition: a and not b`, "idle b, unless lists"},
		{"idle, one of a pattern", ` a: {F: x}
 f1: {F: y}
 f2: {G: y}
 condition: a and not 1 of f*`, "idle f1, unless lists"},
		{"covered by another exclusion", ` a: {F: x}
 f1: {G|contains: yz}
 f2: {G|contains: y}
 condition: a and not f1 and not f2`, "covered f1 by f2"},
		{"covered value", ` a: {F|contains: [ab, b, c]}
 condition: a`, "covered 'ab' by 'b'"},
		{"the same value, spelt otherwise", ` a: {F: [ab, AB]}
 condition: a`, "covered 'AB' by 'ab', the same"},
		{"covered value, negated", ` a: {F|contains: [ab, b]}
 g: {G: x}
 condition: g and not a`, "covered 'ab' by 'b'"},
		{"cased values differ", ` a: {F|cased: [ab, AB]}
 condition: a`, ""},
		{"covered map", ` a:
  - {F: x}
  - {F: x, G: y}
 condition: a`, "covered the alternative at line 6 by F"},
		{"implied value", ` a: {F|contains|all: [ab, b, c]}
 condition: a`, "implied 'b' by 'ab'"},
		{"implied selection", ` a: {F: abc}
 b: {F|startswith: a}
 condition: a and b`, "implied b by a"},
		{"two that mean the same", ` a: {F: x, G: y}
 b: {F: X, G: Y}
 condition: a and b`, "twin b by a, the same"},
		{"two that mean the same, far from each other", ` a: {F|contains: [x, y], G: z}
 b: {G: Z, F: ['*y*', '*x*', '*xz*']}
 c: {H: c}
 condition: (a and c) or not b`, "on absence ((a and c) or not b); covered '*xz*' by '*x*'; twin b by a, the same"},
		{"two that mean the same among others", ` f1: {F|endswith: x}
 f2: {F: '*X'}
 f3: {F|contains: y}
 g: {G: g}
 condition: g and not 1 of f*`, "twin f2 by f1, the same"},
		{"the same only beside each other", ` a: {F: x, G: y}
 b: {F: x, H: z}
 c: {G: y, H: z}
 condition: a and b and c`, "implied c; implied F by b; implied F by a"},
		{"windash", ` a: {F|contains|windash: [" -x", " -xy"]}
 condition: a`, "covered ' -xy' by ' -x'"},
		{"regex", ` a: {F|re: ['ab+', 'ab{2,3}']}
 condition: a`, "covered 'ab{2,3}' by 'ab+'"},
		{"cidr", ` a: {F|cidr: [10.0.0.0/8, 10.1.0.0/16]}
 condition: a`, "covered '10.1.0.0/16' by '10.0.0.0/8'"},
		{"keywords may be anywhere", ` k: [ab, cd]
 f: {F: ab}
 condition: k and f`, ""},
		{"null beside a text", ` a: {F: x}
 b: {F: null}
 condition: a and not b`, "idle b, unless lists"},
		{"a selection that is named twice, dead once", ` a: {F: x}
 b: {F: y}
 c: {G: z}
 condition: (a and b) or (b and c)`, "dead (a and b), unless lists"},
		{"covered by several values together", ` a: {F|cidr: [10.0.0.0/25, 10.0.0.128/25, 10.0.0.0/24]}
 condition: a`, "covered '10.0.0.0/25' by '10.0.0.0/24'; covered '10.0.0.128/25' by '10.0.0.0/24'"},
		{"networks that make up another one", ` a: {F|cidr: [10.0.0.0/24, 10.0.0.0/25, 10.0.1.0/24]}
 condition: a`, "covered '10.0.0.0/25' by '10.0.0.0/24'"},
		{"halves of a network", ` a: {F|re: ['^[ab]x', '^a', '^b']}
 condition: a`, "covered '^[ab]x'"},
		{"a value with the rest of the rule", ` a: {F|contains: [abc, c], G: y}
 b: {F|endswith: abc}
 condition: a and b`, "implied F|contains by b"},
		{"a value that is covered only by what is demanded beside it", ` a: {F|endswith: [x.exe, x.dll]}
 b: {F|contains: ["1x.exe", "2x.dll"]}
 c: {F|startswith: C}
 condition: a and b and c`, ""},
		{"a value that another one covers with the rest of the rule", ` a: {F|contains: [ab, bc, yz]}
 b: {F: [abc, abd, xyz, q]}
 condition: a and b`, "covered 'bc' by 'ab', with the rest, unless lists; dead 'q', unless lists"},
		{"an alternative that two others cover together", ` a: {F|re: '^[ab]x'}
 b: {F|startswith: a}
 c: {F|startswith: b}
 g: {G: x}
 condition: g and (a or b or c)`, "covered a"},
		{"all, implied by the rest", ` a: {F|contains|all: [one, two]}
 b: {F|endswith: xonex}
 condition: a and b`, "implied 'one' by b, with the rest"},
		{"all, implied by others together", ` a: {F|re|all: ['^[ab]+$', '^.$', '^([ab]|c..)$']}
 condition: a`, "implied '^([ab]|c..)$', unless lists"},
		{"neq", ` a: {F: x, G|neq: y}
 b: {G|startswith: y}
 condition: a and not b`, "covered 'y' by b"},
	} {
		p := program(t, c.detection)
		var got []string
		for _, f := range Analyse(p, p.Rules[0]) {
			got = append(got, f.say())
		}
		if diff := cmp.Diff(c.want, strings.Join(got, "; ")); diff != "" {
			t.Errorf("%s (- want, + got):\n%s", c.name, diff)
		}
	}
}

// holdsIf decides an expression as if one part of it were true, or false.
func (e *event) holdsIf(x, part *compiler.Expr, value bool) bool {
	switch {
	case x == part:
		return value
	case x.Op == compiler.Leaf:
		return e.holds(x)
	case x.Op == compiler.Not:
		return !e.holdsIf(x.Args[0], part, value)
	}
	for _, arg := range x.Args {
		if e.holdsIf(arg, part, value) == (x.Op == compiler.Or) {
			return x.Op == compiler.Or
		}
	}
	return x.Op == compiler.And
}

// texts that are made of the literals of a rule's predicates, by field.
func material(p *compiler.Program, r *compiler.Rule) map[string][]string {
	out := map[string][]string{}
	r.Expr.Each(func(leaf *compiler.Expr) {
		pr := &p.Predicates[leaf.Atom]
		s := solver.New(solver.Options{})
		m := s.Satisfiable(s.Predicate(pr)).Model
		for name, f := range m {
			if name == "" {
				name = "Any"
			}
			for _, text := range f.Texts {
				lower := strings.ToLower(text)
				out[name] = append(out[name], text, lower, "x"+lower, lower+"x", lower+text)
			}
		}
	})
	return out
}

// random returns an event of material: fields with one value or, if lists is set,
// several, some absent or null.
func random(rng *rand.Rand, from map[string][]string, fields []string, lists bool) solver.Model {
	m := solver.Model{}
	for _, name := range fields {
		values := from[name]
		switch n := rng.IntN(10); {
		case n == 0:
		case n == 1:
			m[name] = solver.Field{Null: true}
		default:
			f := solver.Field{Texts: []string{values[rng.IntN(len(values))]}}
			for lists && rng.IntN(2) == 0 {
				f.Texts = append(f.Texts, values[rng.IntN(len(values))])
			}
			if rng.IntN(4) == 0 {
				f.Texts[0] = values[rng.IntN(len(values))] + values[rng.IntN(len(values))]
			}
			m[name] = f
		}
	}
	return m
}

// No random event refutes what is said of a public rule: without the part, or with
// it always true, the rule matches the same.
func TestFactsAreNotRefuted(t *testing.T) {
	p, _ := compiler.Compile(corpus.Rules(t), compiler.Options{})
	rng := rand.New(rand.NewPCG(1, 2))
	checked := 0
	for _, r := range p.Rules {
		facts := Analyse(p, r)
		if len(facts) == 0 {
			continue
		}
		from := material(p, r)
		fields := sortedNames(from)
		for range 400 {
			lists := rng.IntN(3) == 0
			m := random(rng, from, fields, lists)
			e := newEvent(p, m)
			holds := e.holds(r.Expr)
			for _, f := range facts {
				if lists && !f.Sure {
					continue
				}
				checked++
				if f.refutedBy(e, r, holds) {
					t.Fatalf("%s: %s: refuted by %s", r.Source.Span.Path(), f.say(), Describe(m))
				}
			}
		}
	}
	if checked < 100_000 {
		t.Errorf("only %d events were tried", checked)
	}
	t.Logf("%d facts and events", checked)
}

func (f *Fact) refutedBy(e *event, r *compiler.Rule, holds bool) bool {
	switch f.Kind {
	case Never, AllExcluded:
		return holds
	case Always:
		return !holds
	case OnAbsence:
		return len(e.fields) == 0 && !holds
	case Twin:
		return e.holds(f.Part.Expr) != e.holds(f.By.Expr)
	}
	return e.holdsIf(r.Expr, f.Part.Expr, f.Kind == Implied) != holds
}

func sortedNames(m map[string][]string) []string {
	model := solver.Model{}
	for name := range m {
		model[name] = solver.Field{}
	}
	return sortedFields(model)
}
