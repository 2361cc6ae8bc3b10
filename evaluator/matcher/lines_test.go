package matcher_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/socctl/socctl/evaluator/matcher"
)

// What is found in a long text does not depend on which of its lines were seen before, nor
// on where its lines end; literals may go beyond a line.
func TestLongTextsOfLinesThatRepeat(t *testing.T) {
	t.Parallel()
	within := []string{"f|contains: ['needle', 'Host Name', 'é1']", "f|contains|all: [alpha, beta]", "f|startswith: [first, needle]", "f|endswith: last", "f|re: 'beta.*gamma'", "f: '*alpha*last'"}
	for name, items := range map[string][]string{"in lines": within, "beyond lines": append([]string{`f|contains: "one\ntwo"`}, within...)} {
		predicates := compile(t, items...)
		atoms := byField(predicates)["f"]
		m := matcher.New(predicates, atoms, satisfies)
		var s matcher.Scratch
		r := rand.New(rand.NewPCG(11, 12))
		words := []string{"Needle", "host name = x", "É1", "ſ", "alpha", "BETA", "gamma", "one", "two", "first", "last", "\xc3", "K"}
		lines := make([]string, 40)
		for i := range lines {
			if lines[i] = fmt.Sprintf("%d %s\r", i, strings.Repeat("nothing here ", r.IntN(50))); i%3 == 0 {
				lines[i] = words[i/3%len(words)] + lines[i][:len(lines[i])/2] + words[r.IntN(len(words))]
			}
		}
		found := 0
		for range 2000 {
			some := []string{words[r.IntN(len(words))]}
			for range 5 + r.IntN(30) {
				some = append(some, lines[r.IntN(len(lines))])
			}
			text := strings.Join(append(some, words[r.IntN(len(words))]), "\n")
			got, want := m.Match(nil, matcher.String, text, &s), one(predicates, atoms, matcher.String, text)
			if !slices.Equal(got, want) {
				t.Fatalf("%s: %q\ngot %s\nwant %s", name, text, describe(predicates, got), describe(predicates, want))
			}
			found += len(got)
		}
		if found < 1000 {
			t.Errorf("%s: only %d predicates hold", name, found)
		}
	}
}

// What is found in a text by its lines is what is found in it as a whole.
func TestTextsByLines(t *testing.T) {
	t.Parallel()
	for name, items := range map[string][]string{
		"in lines": {"f|contains: ['needle', 'Host Name', 'é1', '']", "f|contains|all: [alpha, beta]", "f|re: 'beta.*gamma'", "f: '*alpha*last'", "f|re: 'one\\s+two'", "f|re: 'Needle[^x]*(first|last)'", "f|re: 'host name[^x]*one'", "f|re: 'two(?s:.*?)one'", "f|re: '\\b(one|two)'", "f|re: '(gamma|one)\\b'", "f|re: 'ſ+nothing'", "f: 12", "f|gt: 3", "f|cidr: 10.0.0.0/8", "f: true"},
		"beyond":   {"f|contains: [needle, \"one\\ntwo\"]", "f|re: 'Needle[^x]*\\s(first|last)$'", "f|re: 'host name(.*\\n){2}.*one'", "f|re: 'two\\r?\\none'"},
		"ends":     {"f|contains: needle", "f|startswith: first", "f|endswith: last"},
	} {
		predicates := compile(t, items...)
		atoms := byField(predicates)["f"]
		m := matcher.New(predicates, atoms, satisfies)
		var s matcher.Scratch
		r := rand.New(rand.NewPCG(21, 22))
		words := []string{"Needle", "host name = x", "É1", "ſ", "alpha", "BETA gamma", "one", "two", "first", "last", "\xc3", "K", "12", "true", "10.1.2.3", "", "\r"}
		lines := make([]string, 60)
		for i := range lines {
			lines[i] = words[i%len(words)]
			if i%3 == 0 {
				lines[i] += fmt.Sprint(i, " nothing ") + words[r.IntN(len(words))]
			}
		}
		set, found, byLines := matcher.NewLineSet(lines), 0, 0
		for range 3000 {
			var codes []uint32
			var some []string
			for range 1 + r.IntN(6) {
				code := r.IntN(len(lines))
				codes, some = append(codes, uint32(code)), append(some, lines[code])
			}
			text := strings.Join(some, "\n")
			whole := 0
			got := m.MatchLines(nil, matcher.String, set, codes, func() string { whole++; return text }, &s)
			if whole > 1 {
				t.Fatalf("%s: %q is put together %d times", name, text, whole)
			}
			byLines += 1 - whole
			if want := one(predicates, atoms, matcher.String, text); !slices.Equal(got, want) {
				t.Fatalf("%s: %q\ngot %s\nwant %s", name, text, describe(predicates, got), describe(predicates, want))
			}
			found += len(got)
		}
		if found < 500 {
			t.Errorf("%s: only %d predicates hold", name, found)
		}
		if name == "in lines" && byLines < 500 {
			t.Errorf("%s: only %d texts are not put together", name, byLines)
		}
	}
}
