package solver_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/solver"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/witness"
	"github.com/socctl/socctl/rules"
)

// maker makes random rules and events whose values have much to do with each other.
type maker struct{ *rand.Rand }

func pick[T any](m maker, from ...T) T { return from[m.IntN(len(from))] }

var textPool = []string{"a", "b", "ab", "ba", "aab", "abc", "A", "aB", `\a`, `a\b`, "a b", "-a", "/b", "a?", "*b", "a*b", "?b", "1", "10", "2.5", "true", "10.0.0.1", "ä", "K", "", "YWI="}

func (m maker) text() string { return pick(m, textPool...) }

// item returns one line of a selection.
func (m maker) item() string {
	field := pick(m, "A", "B", "C")
	quoted := func() string { return "'" + strings.ReplaceAll(m.text(), "'", "''") + "'" }
	list := func(n int) string {
		var vs []string
		for range n {
			vs = append(vs, quoted())
		}
		return "[" + strings.Join(vs, ", ") + "]"
	}
	switch m.IntN(20) {
	case 0, 1, 2:
		return field + ": " + quoted()
	case 3:
		return field + ": " + list(1+m.IntN(3))
	case 4, 5, 6:
		return field + "|" + pick(m, "contains", "startswith", "endswith") + ": " + quoted()
	case 7, 8:
		return field + "|" + pick(m, "contains", "startswith", "endswith") + ": " + list(1+m.IntN(3))
	case 9:
		return field + "|contains|all: " + list(1+m.IntN(3))
	case 10:
		return field + "|cased: " + quoted()
	case 11:
		return field + "|contains|cased: " + quoted()
	case 12:
		return field + "|re" + pick(m, "", "|i", "|s") + ": '" + pick(m, `^a+b?$`, `a.b`, `[ab]{2}`, `(a|b)c`, `\ba\b`, `^$`, `\d+`, `[^a]`, `b$`, `^.{2}$`) + "'"
	case 13:
		return field + ": " + pick(m, "1", "10", "2.5", "true", "false", "null", "0")
	case 14:
		return field + "|" + pick(m, "lt", "lte", "gt", "gte") + ": " + pick(m, "1", "2", "2.5", "10", "-1")
	case 15:
		return field + "|exists: " + pick(m, "true", "false")
	case 16:
		return field + "|cidr: " + pick(m, "10.0.0.0/8", "10.0.0.0/30", "10.0.0.1/32", "0.0.0.0/1", "'::/0'")
	case 17:
		return field + "|fieldref" + pick(m, "", "|contains", "|startswith", "|endswith") + ": " + pick(m, "A", "B", "C")
	case 18:
		return field + "|windash|contains: " + pick(m, "'-a'", "' /b'")
	}
	return field + "|" + pick(m, "hour", "minute", "month", "day", "week", "year") + pick(m, "|gte", "|lt", "") + ": " + pick(m, "1", "6", "12", "15")
}

func (m maker) selection() string {
	if m.IntN(12) == 0 {
		return fmt.Sprintf("['%s', '%s']", pick(m, "a", "ab", "b*a"), pick(m, "b", "1"))
	}
	var b strings.Builder
	used := map[string]bool{}
	for range 1 + m.IntN(3) {
		line := m.item()
		if key, _, _ := strings.Cut(line, ":"); !used[key] {
			used[key] = true
			b.WriteString("\n        " + line)
		}
	}
	return b.String()
}

func (m maker) condition(depth int) string {
	if depth == 0 || m.IntN(3) == 0 {
		return pick(m, "s1", "s2", "s3", "not s1", "not s2", "1 of s*", "all of s*")
	}
	return pick(m, "", "", "not ") + "(" + m.condition(depth-1) + pick(m, " and ", " or ") + m.condition(depth-1) + ")"
}

// program compiles n random rules.
func (m maker) program(t testing.TB, n int) *compiler.Program {
	t.Helper()
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString("---\n")
		}
		fmt.Fprintf(&b, "title: R%d\nlogsource: {category: test}\ndetection:\n    s1: %s\n    s2: %s\n    s3: %s\n    condition: %s\n",
			i, m.selection(), m.selection(), m.selection(), m.condition(2))
	}
	docs, diags := rules.Parse("rules.yml", []byte(b.String()))
	set, linking := rules.Assemble(docs)
	p, compiling := compiler.Compile(set, compiler.Options{})
	diags = append(append(diags, linking...), compiling...)
	if diags.Count(rules.Error) > 0 {
		t.Fatalf("%v\n%s", diags, b.String())
	}
	return p
}

func (m maker) value(lists bool) any {
	if lists && m.IntN(4) == 0 {
		var out []any
		for range m.IntN(3) {
			out = append(out, m.value(false))
		}
		return out
	}
	switch m.IntN(10) {
	case 0:
		return pick[any](m, nil, true, false, 1, 10, 2.5, -1, 0)
	case 1:
		return pick(m, "10.0.0.1", "10.0.0.9", "::ffff:10.0.0.1", "200.1.1.1", "2026-06-15T12:06:01Z", "2026-01-01 01:15:00")
	case 2, 3:
		return m.text() + m.text()
	}
	return m.text()
}

func (m maker) event(lists bool) evaluator.Map {
	e := evaluator.Map{}
	for _, f := range []string{"A", "B", "C"} {
		if m.IntN(4) > 0 {
			e[f] = m.value(lists)
		}
	}
	if m.IntN(5) == 0 {
		e["C"] = e["A"]
	}
	return e
}

// checked asks all questions about two rules and lets events refute the answers.
type checked struct {
	t      testing.TB
	p      *compiler.Program
	ev     *evaluator.Evaluator
	events []evaluator.Map
	asked  map[string]map[solver.Answer]int

	reasons map[string]int
}

func (c *checked) note(question string, r solver.Result) {
	if c.asked[question] == nil {
		c.asked[question] = map[solver.Answer]int{}
	}
	c.asked[question][r.Answer]++
	if r.Answer == solver.Unknown {
		c.reasons[strings.SplitN(r.Reason, " for ", 2)[0]]++
	}
}

func (c *checked) holds(r *compiler.Rule, e evaluator.Event) bool { return c.ev.MatchRule(r, e) }

func (c *checked) refute(what string, claim bool, counter func(e evaluator.Event) bool) {
	if !claim {
		return
	}
	for _, e := range c.events {
		if counter(e) {
			c.t.Fatalf("%s is refuted by %v\n%s", what, e, c.p)
		}
	}
}

func (c *checked) witness(what string, r solver.Result, shown bool, shows func(e evaluator.Event) bool) {
	if !shown {
		return
	}
	if e := witness.EventOf(r.Model); !shows(e) {
		c.t.Fatalf("%s: the model %v does not show it\n%s", what, e, c.p)
	}
}

func (c *checked) pair(s *solver.Solver, a, b *compiler.Rule) {
	fa, fb := s.Formula(c.p, a.Expr), s.Formula(c.p, b.Expr)
	one, other := func(e evaluator.Event) bool { return c.holds(a, e) }, func(e evaluator.Event) bool { return c.holds(b, e) }
	sat := s.Satisfiable(fa)
	c.note("satisfiable", sat)
	c.refute("unsatisfiable "+a.Title, sat.Answer == solver.No, one)
	c.witness("satisfiable "+a.Title, sat, sat.Answer == solver.Yes, one)
	imp := s.Implies(fa, fb)
	c.note("implies", imp)
	breaks := func(e evaluator.Event) bool { return one(e) && !other(e) }
	c.refute(a.Title+" implies "+b.Title, imp.Answer == solver.Yes, breaks)
	c.witness("not implies", imp, imp.Answer == solver.No, breaks)
	dis := s.Disjoint(fa, fb)
	c.note("disjoint", dis)
	both := func(e evaluator.Event) bool { return one(e) && other(e) }
	c.refute("disjoint", dis.Answer == solver.Yes, both)
	c.witness("not disjoint", dis, dis.Answer == solver.No, both)
	eq, back := s.Equivalent(fa, fb), s.Equivalent(fb, fa)
	c.note("equivalent", eq)
	differ := func(e evaluator.Event) bool { return one(e) != other(e) }
	c.refute("equivalent", eq.Answer == solver.Yes, differ)
	c.witness("not equivalent", eq, eq.Answer == solver.No, differ)
	if eq.Answer != back.Answer && eq.Answer != solver.Unknown && back.Answer != solver.Unknown {
		c.t.Fatalf("equivalence is not symmetric\n%s", c.p)
	}
}

// randomRules asks about pairs of rules of many programs and tries to refute the
// answers by events.
func randomRules(t *testing.T, seed uint64, programs, events int) {
	asked, reasons := map[string]map[solver.Answer]int{}, map[string]int{}
	for n := range programs {
		m := maker{rand.New(rand.NewPCG(seed, uint64(n)))}
		p := m.program(t, 3)
		for _, lists := range []bool{false, true} {
			c := &checked{t: t, p: p, ev: evaluator.New(p, evaluator.IgnoreLogsource()), asked: asked, reasons: reasons}
			for range events {
				c.events = append(c.events, m.event(lists))
			}
			s := solver.New(solver.Options{Lists: lists})
			for i, a := range p.Rules {
				c.pair(s, a, p.Rules[(i+1)%len(p.Rules)])
			}
		}
	}
	t.Log(reasons)
	for question, answers := range asked {
		t.Logf("%s: %v", question, answers)
		if total := answers[solver.Yes] + answers[solver.No] + answers[solver.Unknown]; answers[solver.Unknown]*100 > total*5 {
			t.Errorf("%s: unknown in %d of %d", question, answers[solver.Unknown], total)
		}
	}
}

func TestRandomRules(t *testing.T) { randomRules(t, 1, 300, 100) }
