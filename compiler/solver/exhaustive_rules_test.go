package solver_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/solver"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/witness"
	"github.com/socctl/socctl/rules"
)

// world is a small set of values that fields may hold, nothing else, so that all
// events can be listed; and items that tell these values apart.
type world struct {
	name   string
	values []string // of a field that holds one
	listed []string // of a field that holds several
	texts  []string // that items compare with
	items  []string // with %s for the field; '%t' for a text
}

// common are the items of all worlds: every operator on texts, presence, references.
var common = []string{
	"%s: '%t'", "%s: ['%t', '%t']", "%s|contains: '%t'", "%s|startswith: '%t'", "%s|endswith: ['%t', '%t']", "%s|contains|all: ['%t', '%t']",
	"%s|startswith|all: ['%t', '%t']", "%s|cased: '%t'", "%s|contains|cased: '%t'", "%s|neq: '%t'", "%s|re: '^%t'", "%s|re|i: '%t$'",
	"%s: null", "%s: ['%t', null]", "%s|exists: true", "%s|exists: false", "%s: ''", "%s: '%t*'", "%s: '*%t?'",
	"%s|fieldref: A", "%s|fieldref: o.B", "%s|fieldref|startswith: A", "%s|fieldref|contains: o.B",
}

var worlds = []world{
	{"texts", []string{"", "a", "b", "A", "ab", "ba", "aB", "aab", "abb", "a b"}, []string{"", "a", "A", "ab", "ba"}, []string{"a", "b", "ab", "A", "aB"},
		[]string{"%s|re: '^a+b?$'", "%s|re: '^[^a]*$'", "%s|re|i: '^A.$'"}},
	{"dashes", []string{"-a", "/a", " -a", " /a", "–a", "—a", "―a", "x-a", "a"}, []string{"-a", "/a", "–a", "a", "x-a"}, []string{"-a", "/a", "a", "-"},
		[]string{"%s|windash: '-a'", "%s|windash|contains: '-a'", "%s|windash|contains|all: ['-a', 'a']", "%s|windash|startswith: '/a'", "%s|windash|endswith: '-a'"}},
	{"base64", []string{"", "YWI", "YWI=", "xYWI=", "FiY", "hYg", "aGFi", "yaWI"}, []string{"YWI=", "FiY", "hYg", "yaWI", ""}, []string{"YWI", "Y", "=", "hYg", "b"},
		[]string{"%s|base64: 'ab'", "%s|base64|contains: 'ab'", "%s|base64offset|contains: 'ab'", "%s|base64offset|contains|all: ['ab', 'a']", "%s|base64offset|contains: ['b', 'ab']", "%s|wide|base64offset|contains: 'a'"}},
	{"networks", []string{"10.0.0.1", "10.0.0.2", "10.0.1.1", "11.0.0.1", "::1", "::ffff:10.0.0.1", "10.0.0", "x"}, []string{"10.0.0.1", "10.0.1.1", "::1", "x", "11.0.0.1"},
		[]string{"10.", "10.0.0.1", ":", "x", "1"},
		[]string{"%s|cidr: 10.0.0.0/8", "%s|cidr: 10.0.0.0/24", "%s|cidr: [10.0.0.1/32, 11.0.0.0/8]", "%s|cidr: '::/0'", "%s|cidr: 0.0.0.0/0", "%s|cidr: [10.0.0.0/25, 10.0.0.128/25]"}},
	{"numbers", []string{"", "0", "-0", "1", "1.0", "01", "2", "2.5", "10", "-1", "true", "false", "x"}, []string{"1", "2", "10", "x", "true"}, []string{"1", "0", "2", ".", "tr"},
		[]string{"%s: 1", "%s: 2.5", "%s: 0", "%s: true", "%s: [1, 2, 'x']", "%s|lt: 2", "%s|lte: 1", "%s|gt: 1", "%s|gte: 2.5", "%s|gt: -1", "%s|neq: 1"}},
	{"times", []string{"2026-06-15T12:30:00Z", "2026-06-15T01:30:00Z", "2025-01-31 23:59:59", "2026-01-01", "12:30", "x"},
		[]string{"2026-06-15T12:30:00Z", "2025-01-31 23:59:59", "2026-01-01", "x"}, []string{"2026", "T12", "x", "Z"},
		[]string{"%s|hour: 12", "%s|hour|gte: 12", "%s|minute|lt: 30", "%s|day: 15", "%s|month|lte: 1", "%s|year: 2026", "%s|week: 25", "%s|year|lt: 2026"}},
}

// rule writes a random rule of a world.
func (m maker) rule(w *world) string {
	item := func() string {
		from := common
		if m.IntN(2) == 0 {
			from = w.items
		}
		field := pick(m, "A", "A", "o.B")
		text := from[m.IntN(len(from))]
		for strings.Contains(text, "%t") {
			text = strings.Replace(text, "%t", pick(m, w.texts...), 1)
		}
		return strings.Replace(text, "%s", field, 1)
	}
	selection := func() string {
		switch m.IntN(10) {
		case 0: // keywords
			return fmt.Sprintf("['%s', '%s']", pick(m, w.texts...), pick(m, w.texts...))
		case 1: // keywords of which all must be there
			return fmt.Sprintf("{'|all': ['%s', '%s']}", pick(m, w.texts...), pick(m, w.texts...))
		case 2, 3: // alternatives
			return "\n        - " + item() + "\n        - " + item()
		}
		one, other := item(), item()
		if key, _, _ := strings.Cut(one, ": "); m.IntN(2) == 0 || strings.HasPrefix(other, key+": ") {
			return "\n        " + one
		}
		return "\n        " + one + "\n        " + other
	}
	var condition func(depth int) string
	condition = func(depth int) string {
		if depth == 0 || m.IntN(3) == 0 {
			return pick(m, "s1", "s2", "t", "not s1", "not t", "1 of s*", "all of s*", "1 of them", "all of them", "not 1 of s*", "not all of s*")
		}
		return pick(m, "", "", "not ") + "(" + condition(depth-1) + pick(m, " and ", " or ") + condition(depth-1) + ")"
	}
	return fmt.Sprintf("title: %s\nlogsource: {category: test}\ndetection:\n    s1: %s\n    s2: %s\n    t: %s\n    condition: %s\n", w.name, selection(), selection(), selection(), condition(2))
}

// domain says for a solver what fields of the world hold.
func (w *world) domain(t testing.TB, values []string) func(string) []compiler.Predicate {
	var quoted []string
	for _, v := range values {
		quoted = append(quoted, regexp.QuoteMeta(v))
	}
	return func(field string) []compiler.Predicate {
		p, err := compiler.RegexPredicate(field, "^(?:"+strings.Join(quoted, "|")+`)\z`, false)
		if err != nil {
			t.Fatal(err)
		}
		return []compiler.Predicate{p}
	}
}

// events lists all events of a world, each field absent, null, or with one value.
func (w *world) events() []evaluator.Value {
	held := []any{absent{}, nil}
	for _, v := range w.values {
		held = append(held, v)
	}
	var out []evaluator.Value
	for _, a := range held {
		for _, b := range held {
			out = append(out, event(a, b, func(b any) any { return map[string]any{"B": b} }))
		}
	}
	return out
}

// lists lists all events of a world whose fields hold up to three values at once, the
// nested one in a list of objects.
func (w *world) lists() []evaluator.Value {
	var values []any
	for _, v := range w.listed {
		values = append(values, v)
	}
	values = append(values, nil)
	held := []any{absent{}}
	for i, x := range values {
		held = append(held, []any{x})
		for k := range values[:i] {
			held = append(held, []any{x, values[k]})
			for _, z := range values[:k] {
				held = append(held, []any{x, values[k], z})
			}
		}
	}
	var out []evaluator.Value
	for _, a := range held {
		for _, b := range held {
			out = append(out, event(a, b, func(b any) any {
				var objects []any
				for _, x := range b.([]any) {
					objects = append(objects, map[string]any{"B": x})
				}
				return objects
			}))
		}
	}
	return out
}

type absent struct{}

func event(a, b any, nest func(any) any) evaluator.Value {
	m := map[string]any{}
	if _, gone := a.(absent); !gone {
		m["A"] = a
	}
	if _, gone := b.(absent); !gone {
		m["o"] = nest(b)
	}
	return evaluator.ValueOf(m)
}

// tally counts the answers to one question, all but the unknown ones confirmed by
// events.
type tally struct {
	proofs, models, unknown int
	reasons                 map[string]int
}

// agree compares an answer with what all events say: whether one of them shows it. An
// event of the solver's own counts if it holds more than the listed ones can: more
// values at once, or words in a field that is none of the rules'.
func (c *exhaustion) agree(question string, r solver.Result, shown solver.Answer, shows func(int) bool, own func(evaluator.Event) bool) {
	n := c.tallies[question]
	if n == nil {
		n = &tally{reasons: map[string]int{}}
		c.tallies[question] = n
	}
	if r.Answer == solver.Unknown {
		n.unknown++
		reason, _, _ := strings.Cut(r.Reason, " for ")
		n.reasons[reason]++
		return
	}
	exists := -1
	for i := range c.events {
		if shows(i) {
			exists = i
			break
		}
	}
	if r.Answer != shown {
		n.proofs++
		if exists >= 0 {
			c.t.Fatalf("%s: proven not to be, but %s shows it\n%s", question, c.events[exists].AppendJSON(nil), c.text)
		}
		return
	}
	n.models++
	e := witness.EventOf(r.Model)
	switch {
	case !own(e):
		c.t.Fatalf("%s: the model %v does not show it\n%s", question, r.Model, c.text)
	case exists < 0 && !c.beyond(r.Model):
		c.t.Fatalf("%s: %v shows it, but no listed event\n%s", question, r.Model, c.text)
	}
}

// beyond reports whether a model is none of the listed events.
func (c *exhaustion) beyond(m solver.Model) bool {
	for name, f := range m {
		if name == "" || len(f.Texts) > 2 {
			return true
		}
	}
	return false
}

// exhaustion asks about pairs of rules of a world.
type exhaustion struct {
	t       testing.TB
	events  []evaluator.Value
	tallies map[string]*tally
	text    string
}

func (c *exhaustion) pair(w *world, m maker, lists bool) {
	c.text = m.rule(w) + "---\n" + m.rule(w)
	docs, diags := rules.Parse("rules.yml", []byte(c.text))
	set, linking := rules.Assemble(docs)
	p, compiling := compiler.Compile(set, compiler.Options{})
	if diags = append(append(diags, linking...), compiling...); diags.Count(rules.Error) > 0 {
		c.t.Fatalf("%v\n%s", diags, c.text)
	}
	held := w.values
	if lists {
		held = w.listed
	}
	s := solver.New(solver.Options{Lists: lists, Domain: w.domain(c.t, held)})
	ev := evaluator.New(p, evaluator.IgnoreLogsource())
	a, b := p.Rules[0].Expr, p.Rules[1].Expr
	fa, fb := s.Formula(p, a), s.Formula(p, b)
	one, other := make([]bool, len(c.events)), make([]bool, len(c.events))
	for i, e := range c.events {
		one[i], other[i] = ev.Holds(a, e), ev.Holds(b, e)
	}
	holds := func(x *compiler.Expr) func(evaluator.Event) bool {
		return func(e evaluator.Event) bool { return ev.Holds(x, e) }
	}
	ha, hb := holds(a), holds(b)
	c.agree("satisfiable", s.Satisfiable(fa), solver.Yes, func(i int) bool { return one[i] }, ha)
	c.agree("implies", s.Implies(fa, fb), solver.No, func(i int) bool { return one[i] && !other[i] }, func(e evaluator.Event) bool { return ha(e) && !hb(e) })
	c.agree("disjoint", s.Disjoint(fa, fb), solver.No, func(i int) bool { return one[i] && other[i] }, func(e evaluator.Event) bool { return ha(e) && hb(e) })
	c.agree("equivalent", s.Equivalent(fa, fb), solver.No, func(i int) bool { return one[i] != other[i] }, func(e evaluator.Event) bool { return ha(e) != hb(e) })
}

// TestExhaustiveRules compares answers about random rules with all events there can
// be: fields hold values of a small set and nothing else, one at a time or several at
// once. Every operator, every form of a condition, keywords, nested fields and lists
// of objects occur.
func TestExhaustiveRules(t *testing.T) { exhaustRules(t, 80, 20) }

func exhaustRules(t *testing.T, singles, lists int) {
	for i := range worlds {
		w := &worlds[i]
		for _, several := range []bool{false, true} {
			c := &exhaustion{t: t, events: w.events(), tallies: map[string]*tally{}}
			pairs := singles
			if several {
				c.events, pairs = w.lists(), lists
			}
			for n := range pairs {
				c.pair(w, maker{rand.New(rand.NewPCG(uint64(i), uint64(n)))}, several)
			}
			for _, question := range slices.Sorted(keys(c.tallies)) {
				n := c.tallies[question]
				t.Logf("%s, lists %t: %s: %d proofs, %d models, %d unknown %v", w.name, several, question, n.proofs, n.models, n.unknown, n.reasons)
				if n.unknown*100 > 15*pairs { // of questions made to be hard: half of the rules have a fieldref
					t.Errorf("%s: %s is unknown in %d of %d", w.name, question, n.unknown, pairs)
				}
			}
		}
	}
}

func keys(m map[string]*tally) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}
