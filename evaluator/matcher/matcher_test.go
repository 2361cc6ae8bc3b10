package matcher_test

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/matcher"
	"github.com/socctl/socctl/rules"
)

// satisfies is what every predicate means, one at a time.
func satisfies(p *compiler.Predicate, kind matcher.Kind, text, folded string) bool {
	switch p.Op {
	case compiler.OpText:
		if p.Pattern.Cased() {
			return p.Pattern.Match(text, "")
		}
		return p.Pattern.Match("", folded)
	case compiler.OpRegex:
		return p.Regex.Find(text)
	case compiler.OpCIDR:
		addr, err := netip.ParseAddr(text)
		return kind == matcher.String && err == nil && p.Prefix.Contains(addr.Unmap().WithZone(""))
	case compiler.OpNumber, compiler.OpCompare:
		n, ok := compiler.NumberOf(kind, text)
		return ok && p.Relation.Holds(n.Compare(p.Number))
	case compiler.OpBool:
		want := fmt.Sprint(p.Bool)
		return kind == matcher.Bool && text == want || kind == matcher.String && strings.EqualFold(text, want)
	}
	return len(text)%2 == 1 // OpTime: any function of the value will do
}

// one is what a matcher answers, by the book.
func one(predicates []compiler.Predicate, atoms []int32, kind matcher.Kind, text string) []int32 {
	var out []int32
	folded := compiler.Fold(text)
	for _, a := range atoms {
		if satisfies(&predicates[a], kind, text, folded) {
			out = append(out, a)
		}
	}
	return out
}

// checkSet fails the test unless a small matcher finds the same as a set.
func checkSet(t *testing.T, m *matcher.Matcher, want []int32, kind matcher.Kind, text string, s *matcher.Scratch) {
	t.Helper()
	if !m.Small() {
		return
	}
	if got := m.AppendSet(nil, m.MatchSet(kind, text, s)); !slices.Equal(got, want) {
		t.Fatalf("%q of kind %d satisfies %v as a set, want %v", text, kind, got, want)
	}
}

// byField returns the atoms of every field, without those that are not about
// one value.
func byField(predicates []compiler.Predicate) map[string][]int32 {
	out := map[string][]int32{}
	for i := range predicates {
		switch p := &predicates[i]; p.Op {
		case compiler.OpNull, compiler.OpExists, compiler.OpFieldRef:
		default:
			out[p.Field] = append(out[p.Field], int32(i))
		}
	}
	return out
}

func describe(predicates []compiler.Predicate, atoms []int32) string {
	var b strings.Builder
	for _, a := range atoms {
		fmt.Fprintf(&b, "\n  %d %s", a, predicates[a].String())
	}
	return b.String()
}

// compile compiles the values of one field, each list with its modifiers.
func compile(t testing.TB, items ...string) []compiler.Predicate {
	t.Helper()
	var selections strings.Builder
	for i, item := range items {
		fmt.Fprintf(&selections, "    s%d: {%s}\n", i, item)
	}
	docs, _ := rules.Parse("rule.yml", fmt.Appendf(nil, "title: t\nlogsource: {product: p}\ndetection:\n%s    condition: 1 of s*\n", selections.String()))
	set := &rules.Set{}
	for _, d := range docs {
		set.Add(d)
	}
	prog, _ := compiler.Compile(set, compiler.Options{})
	return prog.Predicates
}

// generator makes predicates and values of few letters, so that they meet often.
type generator struct{ *rand.Rand }

func (g generator) pick(from ...string) string { return from[g.IntN(len(from))] }

func (g generator) text(longest int, letters ...string) string {
	var b strings.Builder
	for range g.IntN(longest) {
		b.WriteString(g.pick(letters...))
	}
	return b.String()
}

func (g generator) pattern() string {
	longest := []int{3, 6, 14, 30}[g.IntN(4)]
	return g.text(longest, "a", "b", "A", "é", "É", "ſ", "K", "k", "s", " -a", "/b", `\`, `\*`, `\?`, `\\`, "1", ".", "a", "b", "ab", g.pick("*", "?", "a"))
}

func (g generator) value() string {
	longest := []int{4, 12, 40, 1200}[g.IntN(4)]
	if g.IntN(3) == 0 {
		return g.text(longest, "a", "b", "A", "K", "k", " ", "-", "/", `\`, "1", ".")
	}
	return g.text(longest, "a", "b", "A", "é", "É", "ſ", "K", "k", "S", " ", "-", "/", "–", `\`, "1", ".", "\n", "*", "?", "\xe2", "\x93", "\xc3", "\x00")
}

func (g generator) item() string {
	values := make([]string, 1+g.IntN(4))
	for i := range values {
		values[i] = "'" + g.pattern() + "'"
	}
	list := "[" + strings.Join(values, ", ") + "]"
	switch g.IntN(12) {
	case 0:
		return "f|contains|windash: " + list
	case 1:
		return fmt.Sprintf("f|%scased: %s", g.pick("", "contains|", "endswith|", "startswith|"), list)
	case 2:
		re := g.text(5, "a", "b", "(a|b)", "[ab]", "é", ".", "a*", "b+", "(ab|ba|é)", "k", `\b`, "a{2}", "(?:a|b1)?", "[^a]", `[\x{fffd}]`, "ſ")
		return fmt.Sprintf("f|re%s: '%s%s%s'", g.pick("", "|i", "|s", "|m"), g.pick("", "", "^"), re, g.pick("", "", "$"))
	case 3:
		return fmt.Sprintf("f: [%s]", g.pick("1", "1.0", "01", "-1", "11", "true", "false, 1", "1, 'a'", "9007199254740993", "''", "9007199254740992.0"))
	case 4:
		return fmt.Sprintf("f|%s: %s", g.pick("lt", "lte", "gt", "gte"), g.pick("1", "1.5", "-1", "9007199254740993", "0"))
	case 5:
		return "f|cidr: " + g.pick("10.0.0.0/8", "'::/0'", "'10.1.1.1'", "'2001:db8::/32'", "0.0.0.0/0", "'::ffff:10.0.0.0/104'")
	case 6:
		return "f|hour: 1"
	case 7:
		return fmt.Sprintf("f|wide|%scontains: ['a', 'é']", g.pick("base64offset|", ""))
	case 8:
		return "f: " + list
	}
	return fmt.Sprintf("f|%s: %s", g.pick("contains", "startswith", "endswith"), list)
}

// checkAgreement compares matchers of random predicates with one predicate at a
// time on random values.
func checkAgreement(t *testing.T, seed uint64, rounds, values int) {
	t.Helper()
	g := generator{rand.New(rand.NewPCG(seed, 0))}
	fixed := []string{"", "1", "01", "1.0", "-1", "true", "FALSE", "falſe", "9007199254740993", "1e0", "1e400", "-1e400", strings.Repeat("0", 400) + "1", "+1", "10.1.1.1", "10.1.1.01",
		"::ffff:10.1.1.1", "2001:db8::1", "fe80::1%eth0", "10.1", "1.2.3.4.5", "::g", "1-2", ".", "1..2"}
	var s matcher.Scratch
	hits, found := []int32(nil), 0
	for range rounds {
		var items []string
		for range 1 + g.IntN(20) {
			items = append(items, g.item())
		}
		predicates := compile(t, items...)
		atoms := byField(predicates)["f"]
		m := matcher.New(predicates, atoms, satisfies)
		for i := range values + len(fixed) {
			text := ""
			if i < len(fixed) {
				text = fixed[i]
			} else {
				text = g.value()
			}
			kind := matcher.Kind(g.IntN(4))
			hits = m.Match(hits[:0], kind, text, &s)
			if want := one(predicates, atoms, kind, text); !slices.Equal(hits, want) {
				t.Fatalf("%q of kind %d satisfies%s\nwant%s\nof%s", text, kind, describe(predicates, hits), describe(predicates, want), describe(predicates, atoms))
			}
			checkSet(t, m, hits, kind, text, &s)
			found += len(hits)
		}
	}
	t.Logf("%d rounds, %d hits", rounds, found)
	if found < rounds {
		t.Errorf("only %d hits in %d rounds", found, rounds)
	}
}

func TestAgreesWithOneAtATime(t *testing.T) {
	rounds := 600
	if testing.Short() {
		rounds = 100
	}
	checkAgreement(t, 1, rounds, 60)
}
