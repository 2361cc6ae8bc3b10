package matcher

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"testing"

	"github.com/socctl/socctl/compiler"
)

// randomRegex makes expressions of all operators over few letters.
func randomRegex(g *rand.Rand, depth int) string {
	pick := func(from ...string) string { return from[g.IntN(len(from))] }
	if depth == 0 {
		return pick("a", "b", "k", "s", "é", "ſ", "K", "ab", "ba1", ".", `\d`, `\w`, `\s`, "[ab]", "[^a]", "[^é]", `[\x{fffd}b]`, `\x{fffd}`,
			"^", "$", `\b`, `\B`, `\A`, `\z`, "(?i:k)", "(?i:sé)", "(?s:.)", "(?m:^)", "(?m:$)", "[[:^ascii:]]", `\pL`, "\n", "")
	}
	sub := func() string { return randomRegex(g, g.IntN(depth)) }
	switch g.IntN(8) {
	case 0:
		return "(" + sub() + "|" + sub() + "|" + sub() + ")"
	case 1:
		return "(?:" + sub() + ")" + pick("*", "+", "?", "{2}", "{1,3}", "{2,}", "{0,2}", "*?", "{17}", "{20,}")
	case 2:
		return "(?i:" + sub() + ")"
	}
	return sub() + sub() + sub()
}

// An automaton finds what package regexp finds, and what is required of a text
// holds wherever there is something to find.
func TestAutomataAgreeWithRegexp(t *testing.T) {
	g := rand.New(rand.NewPCG(3, 0))
	letters := []string{"a", "b", "A", "B", "k", "K", "K", "s", "S", "ſ", "é", "É", "1", " ", "\n", "_", "�", "\xff", "\xc3", "ab", "ba1", strings.Repeat("a", 17)}
	rounds, automata, matches := 6000, 0, 0
	if testing.Short() {
		rounds = 500
	}
	for range rounds {
		source := randomRegex(g, 3)
		tree, err := syntax.Parse(source, syntax.Perl)
		if err != nil {
			continue
		}
		re := regexp.MustCompile(source)
		clauses, r, m := required(tree), newRun(tree), newMachine(tree)
		var a *automaton
		if m != nil {
			a = newAutomaton(m)
			automata++
		}
		for range 30 {
			var text strings.Builder
			for range g.IntN(12) {
				text.WriteString(letters[g.IntN(len(letters))])
			}
			want, folded := re.MatchString(text.String()), compiler.Fold(text.String())
			if r != nil && r.find(text.String()) != want {
				t.Fatalf("%q in %q: run finds %v", source, text.String(), !want)
			}
			if a != nil {
				if found, known := a.find(text.String()); known && found != want {
					t.Fatalf("%q in %q: automaton finds %v", source, text.String(), found)
				}
			}
			if !want {
				continue
			}
			matches++
			for _, c := range clauses {
				if !slices.ContainsFunc(c, func(l string) bool { return strings.Contains(folded, l) }) {
					t.Fatalf("%q matches %q, which has none of %q", source, text.String(), c)
				}
			}
		}
	}
	t.Logf("%d automata, %d matches", automata, matches)
	if automata < rounds/3 || matches < rounds {
		t.Errorf("only %d automata and %d matches in %d rounds", automata, matches, rounds)
	}
}

// What asks for a run at the end of a text is counted from there.
func TestRunsAtTheEnd(t *testing.T) {
	t.Parallel()
	dice := rand.New(rand.NewPCG(7, 8))
	pieces := []string{strings.Repeat("a", 9), strings.Repeat("é", 8), "\n", "/", "b", "\xff", "\xe2\x82", "\xc3", "\u20ac", "\ufffd", strings.Repeat("\n", 6), strings.Repeat("\xff", 5)}
	runs, found := 0, 0
	for _, class := range []string{"[^/]", "[^é]", ".", "(?s:.)", "a", `[\x{fffd}\nab]`, "(?i:[aÉ])", "(?:[^a])", "([^b])"} {
		for _, rest := range []string{`\z`, `\n?\z`, `(\n?)\z`, `$`, `\n\z`, `\n*\z`, `b?\z`, `\n?`} {
			source := class + "{16,}" + rest
			tree, err := syntax.Parse(source, syntax.Perl)
			if err != nil {
				t.Fatal(err)
			}
			r, re := newRun(tree), regexp.MustCompile(source)
			if r == nil {
				continue
			}
			runs++
			for range 3000 {
				text := ""
				for range dice.IntN(8) {
					text += pieces[dice.IntN(len(pieces))]
				}
				want := re.MatchString(text)
				if got := r.find(text); got != want {
					t.Fatalf("%q in %q: %v", source, text, got)
				}
				if want {
					found++
				}
			}
		}
	}
	if runs < 27 || found < 10000 {
		t.Errorf("%d runs, found %d times", runs, found)
	}
}

func TestRequired(t *testing.T) {
	for source, want := range map[string]string{
		`net\s+user`:                `[["USER"] ["NET"]]`,
		`(?i)foo(bar|baz)`:          `[["FOOBAR" "FOOBAZ"]]`,
		`a.{3}bcd`:                  `[["BCD"]]`,
		`[ab]x?`:                    `[]`,
		`y{3,}`:                     `[["YYY"]]`,
		`(one|two.*three)`:          `[["ONE" "THREE"]]`,
		`(one|t*)`:                  `[]`,
		`\{.*\{`:                    `[["{"]]`,
		`a\x{fffd}bcd`:              `[["BCD"]]`,
		`(?i)k\x{212a}`:             `[["KK"]]`,
		`(?:ab|cd)(?:ef|gh).*[0-9]`: `[["ABEF" "ABGH" "CDEF" "CDGH"]]`,
	} {
		tree, err := syntax.Parse(source, syntax.Perl)
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprintf("%q", required(tree)); got != want {
			t.Errorf("%s requires %s, want %s", source, got, want)
		}
	}
}

// An automaton that has to forget its states goes on rightly, or says that it
// does not know.
func TestAutomataAreBounded(t *testing.T) {
	source := `[ab]*a[ab]{14}c`
	tree, _ := syntax.Parse(source, syntax.Perl)
	re, a := regexp.MustCompile(source), newAutomaton(newMachine(tree))
	g := rand.New(rand.NewPCG(1, 1))
	unknowns := 0
	for range 20 {
		text := make([]byte, 1<<13)
		for i := range text {
			text[i] = "ab"[g.IntN(2)]
		}
		text[len(text)-1] = "bc"[g.IntN(2)]
		found, known := a.find(string(text))
		if known && found != re.Match(text) {
			t.Fatalf("found %v", found)
		}
		if !known {
			unknowns++
		}
		if a.memory > maxMemory+1<<12 {
			t.Fatalf("%d bytes of states", a.memory)
		}
	}
	t.Logf("%d of 20 texts took too many states", unknowns)
}
