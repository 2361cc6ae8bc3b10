package matcher_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/matcher"
)

// everything is a predicate of each kind.
var everything = []string{
	`f|contains: ["abc", "é", "x", "xy", "xyz", "abcdefghij", "qr", "rs", "st", "tu"]`,
	`f|startswith: ["ab", "10."]`,
	`f|endswith: [".exe", "longer than eight.exe"]`,
	`f: ["abc", 1, 4688, true, "a*b?c"]`,
	`f|cased|contains: "Abc"`,
	`f|contains|windash: " -enc"`,
	`f|re: ["a+b", "^x.*y$", "[0-9]{3}", ".{20,}", "(?i)k\\b"]`,
	`f|cidr: ["10.0.0.0/8", "2001:db8::/32"]`,
	`f|gte: 10`,
}

func TestMatchDoesNotAllocate(t *testing.T) {
	predicates := compile(t, everything...)
	m := matcher.New(predicates, byField(predicates)["f"], func(p *compiler.Predicate, kind matcher.Kind, text, folded string) bool {
		if p.Op == compiler.OpRegex {
			t.Error("an expression was left to decide")
		}
		return satisfies(p, kind, text, folded)
	})
	texts := []string{"", "abc", "4688", "1e3", "10.1.2.3", "10.1.2", "2001:db8::1", "12:34:56", "2024-05-06", "1-2", "é ſ K abcdefghij", "\xff\xfe abc",
		"cmd.exe /c longer than eight.exe", strings.Repeat("abc xyz ", 1000), "true", "a-b-c", "Abc -enc", "/enc"}
	var s matcher.Scratch
	var hits []int32
	run := func() {
		for _, text := range texts {
			for kind := range matcher.Kind(4) {
				hits = m.Match(hits[:0], kind, text, &s)
			}
		}
	}
	run()
	if n := testing.AllocsPerRun(20, run); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

// Matchers share a Scratch, and hits that are there already stay.
func TestScratchIsShared(t *testing.T) {
	one := compile(t, `f|contains: ["abc", "abd"]`, `f|re: "ab."`)
	other := compile(t, everything...)
	a, b := matcher.New(one, []int32{2, 0, 1}, satisfies), matcher.New(other, byField(other)["f"], satisfies)
	var s matcher.Scratch
	for range 3 {
		hits := a.Match([]int32{7}, matcher.String, "xABC", &s)
		if got := fmt.Sprint(hits); !strings.HasPrefix(got, "[7 ") || !slices.IsSorted(hits[1:]) || len(hits) < 2 {
			t.Errorf("hits %v", got)
		}
		b.Match(nil, matcher.String, "10.1.2.3", &s)
	}
	if m := matcher.New(one, nil, satisfies); len(m.Match(nil, matcher.String, "abc", &s)) > 0 {
		t.Error("a matcher without predicates found one")
	}
}

// A value of any size and content takes time in proportion to its size.
func BenchmarkSameByte(b *testing.B) {
	predicates := public(b)
	m := matcher.New(predicates, byField(predicates)["CommandLine"], satisfies)
	for _, unit := range []string{"A", " ", "\\", "é", "\xff", "{-", "%"} {
		text := strings.Repeat(unit, 1<<20/len(unit))
		b.Run(fmt.Sprintf("%q", unit), func(b *testing.B) {
			var s matcher.Scratch
			var hits []int32
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				hits = m.Match(hits[:0], matcher.String, text, &s)
			}
		})
	}
}

func FuzzMatch(f *testing.F) {
	f.Add("abc\n*a?b*\n-x", byte(0), "xABCé")
	f.Add("ſ\nk", byte(1), "K")
	f.Add("a+\n[^b]{2}", byte(4), "\xffa")
	f.Add("10", byte(5), "::ffff:10.1.2.3")
	items := []string{"f", "f|contains", "f|startswith", "f|endswith", "f|re", "f|contains|windash", "f|cased", "f|cased|contains", "f|re|i"}
	fixed := []string{"f|cidr: ['0.0.0.0/1', '10.0.0.0/8', '::/0', '2001::/16']", "f|gte: 10", "f: [1, 1.5, true]", "f|lt: 0"}
	f.Fuzz(func(t *testing.T, patterns string, mode byte, value string) {
		if len(patterns) > 1000 || len(value) > 10_000 {
			return // what is longer only takes longer
		}
		list, _ := json.Marshal(strings.Split(patterns, "\n"))
		predicates := compile(t, append(slices.Clone(fixed), fmt.Sprintf("%s: %s", items[int(mode)%len(items)], list))...)
		if predicates == nil {
			predicates = compile(t, fixed...)
		}
		atoms := byField(predicates)["f"]
		var s matcher.Scratch
		m := matcher.New(predicates, atoms, satisfies)
		for kind := range matcher.Kind(4) {
			got := m.Match(nil, kind, value, &s)
			if want := one(predicates, atoms, kind, value); !slices.Equal(got, want) {
				t.Errorf("%q of kind %d satisfies%s\nwant%s", value, kind, describe(predicates, got), describe(predicates, want))
			}
			checkSet(t, m, got, kind, value, &s)
		}
	})
}
