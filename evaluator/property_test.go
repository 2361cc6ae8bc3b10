package evaluator_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/reference"
	"github.com/socctl/socctl/rules"
)

// generator makes random rules and events over few fields and few letters, so
// that values meet often.
type generator struct{ *rand.Rand }

func (g generator) pick(from ...string) string { return from[g.IntN(len(from))] }

func (g generator) text() string {
	var b strings.Builder
	for range g.IntN(6) {
		b.WriteString(g.pick("a", "b", "A", "é", "É", "ſ", "K", "K", " ", "-", "/", "–", `\`, "1", ".", "\n", "%"))
	}
	return b.String()
}

func (g generator) pattern() string {
	var b strings.Builder
	for range g.IntN(5) {
		b.WriteString(g.pick("a", "b", "A", "é", "k", "s", " -a", "/b", `\`, `\*`, `\?`, `\\`, "*", "?", "1", "."))
	}
	return b.String()
}

// item returns one entry of a selection in flow style.
func (g generator) item(field string) string {
	quoted := func(f func() string) string {
		values := make([]string, 1+g.IntN(3))
		for i := range values {
			values[i] = "'" + f() + "'"
		}
		return "[" + strings.Join(values, ", ") + "]"
	}
	neq := g.pick("", "", "", "|neq")
	switch g.IntN(14) {
	case 0:
		return fmt.Sprintf("%s|%s%s%s: %s", field, g.pick("contains", "startswith", "endswith"), g.pick("", "|all"), neq, quoted(g.pattern))
	case 1:
		return fmt.Sprintf("%s|contains|windash%s: %s", field, g.pick("", "|all"), quoted(g.pattern))
	case 2:
		return fmt.Sprintf("%s|%scased: %s", field, g.pick("", "contains|", "endswith|"), quoted(g.pattern))
	case 3:
		return fmt.Sprintf("%s|re%s: %s", field, g.pick("", "|i", "|s", "|m", "|i|all"), quoted(func() string { return g.pick("a+", "^b", "a$", "[ab]{2}", "é", ".1", `a\b`, "(a|b)c?$") }))
	case 4:
		return fmt.Sprintf("%s%s: [%s]", field, neq, g.pick("1", "1.0", "01", "-1", "11", "null", "true", "false, 1", "1, 'a'", "9007199254740993", "''"))
	case 5:
		return fmt.Sprintf("%s|%s: %s", field, g.pick("lt", "lte", "gt", "gte"), g.pick("1", "1.5", "-1", "9007199254740993", "0"))
	case 6:
		return fmt.Sprintf("%s|exists: %s", field, g.pick("true", "false"))
	case 7:
		return fmt.Sprintf("%s|fieldref%s%s: %s", field, g.pick("", "|contains", "|startswith", "|endswith"), g.pick("", "|cased"), g.pick("f", "g", "h.i"))
	case 8:
		return fmt.Sprintf("%s|cidr: [%s]", field, g.pick("10.0.0.0/8", "'::/0'", "'10.1.1.1'", "'2001:db8::/32'"))
	case 9:
		return fmt.Sprintf("%s|%s: %s", field, g.pick("base64offset|contains", "base64|contains", "wide|base64offset|contains", "utf16be|base64"), quoted(func() string { return g.pick("a", "ab", "é", "abc") }))
	case 10:
		return fmt.Sprintf("%s|%s%s: %s", field, g.pick("minute", "hour", "day", "week", "month", "year"), g.pick("", "|lt", "|gte"), g.pick("1", "2024", "6", "19", "13"))
	case 11:
		return fmt.Sprintf("'%s': %s", g.pick("|all", "|contains", "|re", "|startswith", "|endswith", "|cased"), quoted(func() string { return g.pick("a", "b1", "A", "é", "1") }))
	case 12:
		return fmt.Sprintf("%s|expand%s: ['%s']", field, g.pick("", "|contains"), g.pick("%p%", "a%p%", "%p%%q%", `\%p\%`))
	}
	return fmt.Sprintf("%s%s: %s", field, neq, quoted(g.pattern))
}

var fieldNames = []string{"f", "g", "h.i", "n"}

func (g generator) selection() string {
	switch g.IntN(6) {
	case 0:
		return "['" + g.pick("a", "b*a", "é", "1") + "', {" + g.item("f") + "}]"
	case 1:
		return "[{" + g.item("f") + "}, {" + g.item("g") + ", " + g.item("h.i") + "}]"
	}
	fields := g.Perm(len(fieldNames))[:1+g.IntN(2)]
	items := []string{}
	for _, f := range fields {
		items = append(items, g.item(fieldNames[f]))
	}
	if len(items) == 2 && strings.HasPrefix(items[0], "'|") && strings.HasPrefix(items[1], "'|") {
		items = items[:1]
	}
	return "{" + strings.Join(items, ", ") + "}"
}

func (g generator) rule() string {
	condition := g.pick("s1", "s1 and not s2", "1 of s*", "all of them", "s1 or s2 and not _u", "not (s1 or s2)", "1 of *2 and s1", "not 1 of s* or _u")
	return fmt.Sprintf("title: t\nlogsource: {product: p}\ndetection:\n    s1: %s\n    s2: %s\n    _u: %s\n    condition: %s\n",
		g.selection(), g.selection(), g.selection(), condition)
}

func (g generator) value(depth int) any {
	switch n := g.IntN(12); {
	case n == 0:
		return nil
	case n == 1:
		return g.IntN(2) == 0
	case n == 2:
		return []any{1, 1.5, -1, 11, 0, uint64(9007199254740993), 9007199254740992.0, 1715000000}[g.IntN(8)]
	case n == 3:
		return g.pick("1", "01", "1.0", "-1", "true", "FALSE", "null", "9007199254740993", "1e0", "1e400", "-1e400", "+1")
	case n == 4:
		return g.pick("10.1.1.1", "::ffff:10.1.1.1", "2001:db8::1", "fe80::1%eth0", "10.1")
	case n == 5:
		return g.pick("2024-05-06T13:01:15Z", "2024-05-06 13:06:15", "2024-05-06T13:19:15+02:00", "1715000000000", "2024-05-06")
	case n == 6:
		return g.pick("YQ==", "YWI=", "eGFieQ==", "AGEAYg==", "YQBiAA==", "w6k=")
	case n == 7 && depth < 2:
		items := make([]any, g.IntN(3))
		for i := range items {
			items[i] = g.value(depth + 1)
		}
		return items
	case n == 8 && depth < 2:
		return map[string]any{"i": g.value(depth + 1), "a": g.value(depth + 1)}
	}
	return g.text()
}

func (g generator) event() evaluator.Map {
	m := evaluator.Map{}
	for _, name := range []string{"f", "g", "h", "n", "h.i"} {
		if g.IntN(4) > 0 {
			m[name] = g.value(0)
		}
	}
	if g.IntN(3) > 0 {
		delete(m, "h.i")
	}
	return m
}

var placeholderValues = map[string][]string{"p": {"a", "b*"}, "q": {"1"}}

// The evaluator agrees with the plain one on random rules and events.
func TestAgreesWithReference(t *testing.T) {
	rounds := 3000
	if testing.Short() {
		rounds = 300
	}
	checkAgreement(t, 1, rounds, 40)
}

func checkAgreement(t *testing.T, seed uint64, rounds, events int) {
	t.Helper()
	g := generator{rand.New(rand.NewPCG(seed, 0))}
	compiled, matched := 0, 0
	for range rounds {
		text := g.rule()
		docs, diags := rules.Parse("rule.yml", []byte(text))
		if diags.Err() != nil {
			continue // the generator also makes rules that Sigma forbids
		}
		set := &rules.Set{}
		set.Add(docs[0])
		prog, diags := compiler.Compile(set, compiler.Options{Placeholders: placeholderValues})
		if diags.Err() != nil {
			continue
		}
		plain, err := reference.Prepare(docs[0].(*rules.Rule), placeholderValues)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		compiled++
		ev := evaluator.New(prog)
		for range events {
			event := g.event()
			got, want := len(ev.Match(event)) == 1, plain.Match(event)
			if got != want {
				t.Fatalf("match = %v, reference says %v\n%s\n%s", got, want, text, evaluator.ValueOf(map[string]any(event)).Text())
			}
			if x := ev.Explain(prog.Rules[0], event); x.Matched != got {
				t.Fatalf("explain says %v, match %v\n%s", x.Matched, got, text)
			}
			if got {
				matched++
			}
		}
	}
	t.Logf("%d rules, %d of %d events matched", compiled, matched, compiled*events)
	if compiled < rounds/3 || matched == 0 {
		t.Errorf("only %d of %d rules compiled, %d matches", compiled, rounds, matched)
	}
}
