package compiler_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/rules"
)

// program compiles rules that consist of the given detections.
func program(t *testing.T, detections ...string) *compiler.Program {
	t.Helper()
	set := &rules.Set{}
	for _, d := range detections {
		docs, diags := rules.Parse("rule.yml", []byte("title: t\nlogsource: {product: p}\ndetection:\n"+indent(d)))
		if err := diags.Err(); err != nil {
			t.Fatal(err)
		}
		set.Add(docs[0])
	}
	p, diags := compiler.Compile(set, compiler.Options{Placeholders: map[string][]string{"admins": {"alice", "adm_*"}}})
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	return p
}

func indent(s string) string {
	return "    " + strings.ReplaceAll(strings.TrimSpace(s), "\n", "\n    ") + "\n"
}

func TestProgramPrintsItsMeaning(t *testing.T) {
	for _, c := range []struct{ name, detection, want string }{
		{"contains", "s: {f|contains: Ab}\ncondition: s", `"f" ~ "*AB*"`},
		{"cased", "s: {f|contains|cased: Ab}\ncondition: s", `"f" ~cased "*Ab*"`},
		{"stars collapse", "s: {f: '**?*a'}\ncondition: s", `"f" ~ "?*A"`},
		{"escapes", `s: {f: 'a\*\\b\c'}` + "\ncondition: s", `"f" ~ "A\\*\\\\B\\\\C"`},
		{"number", "s: {f: 0x10}\ncondition: s", `"f" = 16`},
		{"kept zeros are a number", "s: {f: 00000429}\ncondition: s", `"f" = 429`},
		{"boolean", "s: {f: true}\ncondition: s", `"f" is true`},
		{"null or empty", "s: {f: [null, '']}\ncondition: s", `or("f" is null, "f" ~ "")`},
		{"exists", "s: {f|exists: false}\ncondition: s", `"f" is absent`},
		{"neq list", "s: {f|neq: [a, b]}\ncondition: s", `not(or("f" ~ "A", "f" ~ "B"))`},
		{"all", "s: {f|all|contains: [a, b]}\ncondition: s", `and("f" ~ "*A*", "f" ~ "*B*")`},
		{"keywords", "s: [a, 7]\ncondition: s", `or(any value ~ "*7*", any value ~ "*A*")`},
		{"windash", "s: {f|contains|windash: ' -a-b'}\ncondition: s", `"f" ~ "* \\-A-B*"`},
		{"cidr", "s: {f|cidr: 10.1.2.3/8}\ncondition: s", `"f" in 10.0.0.0/8`},
		{"compare", "s: {f|gte: 1.50}\ncondition: s", `"f" >= 1.5`},
		{"time", "s: {f|hour|lt: 6}\ncondition: s", `hour of "f" < 6`},
		{"field reference", "s: {f|fieldref|endswith: g}\ncondition: s", `"f" ends with field "g"`},
		{"regex", "s: {f|re|i: 'a$'}\ncondition: s", `"f" =~ "(?i:A)\\n?(?-m:\\z)"`},
		{"placeholder", "s: {f|expand: '%admins%x'}\ncondition: s", `or("f" ~ "ADM_*X", "f" ~ "ALICEX")`},
		{"base64offset", "s: {f|base64offset|contains: foobar}\ncondition: s", `or("f" ~ "*MB29IYX*", "f" ~ "*ZM9VYMFY*", "f" ~ "*ZVB2JHC*")`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, got, _ := strings.Cut(strings.TrimSpace(program(t, c.detection).String()), "\n")
			_, got, _ = strings.Cut(got, "\n")
			if c.name == "regex" || c.name == "base64offset" {
				got, c.want = strings.ToLower(got), strings.ToLower(c.want)
			}
			if diff := cmp.Diff(normalRegex(c.want), normalRegex(got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// normalRegex hides how a Go release prints a flag that has no effect.
func normalRegex(s string) string {
	s = strings.ReplaceAll(s, `(?-m:\\z)`, `\\z`)
	return strings.ReplaceAll(s, `(?i:a\\n?\\z)`, `(?i:a)\\n?\\z`)
}

func TestHashIgnoresSpelling(t *testing.T) {
	same := []string{
		"s: {f|contains: [Ab, c], g: 1}\ncondition: s",
		"other: {g: 01, f|contains: [c, aB]}\ncondition: other",
		"s: {f: ['*AB*', '*c**'], g: 1}\ncondition: all of them",
		"a: {f|contains: [ab, c, C]}\nb: {g: 1}\ncondition: b and (a) and b",
		"a: {f|contains: [ab, c]}\nb: {g: 1}\ncondition: not not (a and b)",
		"s: [{f|contains: [ab, c], g: 1}]\ncondition: [s, s]",
	}
	for i, r := range program(t, same...).Rules {
		if want := program(t, same[0]).Rules[0].Hash; r.Hash != want {
			t.Errorf("%s\nhas another hash than\n%s", same[i], same[0])
		}
	}
	different := []string{same[0], "s: {f|contains: [Ab, d], g: 1}\ncondition: s", "s: {f|contains|all: [Ab, c], g: 1}\ncondition: s",
		"s: {f|contains: [Ab, c], g: '1'}\ncondition: s", "s: {f|contains|cased: [Ab, c], g: 1}\ncondition: s", "s: {f|startswith: [Ab, c], g: 1}\ncondition: s",
		"s: {f|contains: [Ab, c], g: 1}\ncondition: not s"}
	seen := map[string]string{}
	for i, r := range program(t, different...).Rules {
		if other, dup := seen[r.Hash]; dup {
			t.Errorf("%s\nhas the hash of\n%s", different[i], other)
		}
		seen[r.Hash] = different[i]
	}
}

func TestPredicatesAreShared(t *testing.T) {
	p := program(t, "s: {f: a, g: b}\ncondition: s", "x: {g: B}\ny: {f: A}\ncondition: x or y")
	if len(p.Predicates) != 2 {
		t.Errorf("%d predicates for 2 distinct ones:\n%s", len(p.Predicates), p)
	}
}

func TestWitness(t *testing.T) {
	for _, c := range []struct {
		detection string
		want      string
	}{
		{"s: {f: a, g: [b, c]}\ncondition: s", `["f" ~ "A"]`},
		{"s: {g: [b, c]}\nn: {h: x}\ncondition: s and not n", `["g" ~ "B" "g" ~ "C"]`},
		{"s: {f: null}\ncondition: s", "[]"},
		{"s: {f: a}\nt: {g: null}\ncondition: s or t", "[]"},
		{"s: {f: a}\ncondition: not s", "[]"},
		{"s: {f: a}\ncondition: not not s", `["f" ~ "A"]`},
	} {
		p := program(t, c.detection)
		texts := []string{}
		for _, atom := range p.Rules[0].Witness {
			texts = append(texts, p.Predicates[atom].String())
		}
		if got := fmt.Sprint(texts); got != c.want {
			t.Errorf("%s\nwitness %s, want %s", c.detection, got, c.want)
		}
	}
}

// Every problem of a value is reported at the value, or the part of it, that
// causes it.
func TestProblemsHavePlaces(t *testing.T) {
	for _, c := range []struct{ item, want string }{
		{`f|re: 'a(?=b)'`, `r.yml:4:17: error[value/regex-invalid]: regular expression uses a lookahead (?=, which is not supported`},
		{`f|re: 'a(b'`, `r.yml:4:16: error[value/regex-invalid]: invalid regular expression: missing closing ): a(b`},
		{`f|re: '(a)\1'`, `r.yml:4:19: error[value/regex-invalid]: regular expression uses a backreference \1, which is not supported`},
		{`f|cidr: 10.0.0/8`, `r.yml:4:17: error[value/cidr-invalid]: no network: string "10.0.0/8"`},
		{`f|gt: '5'`, `r.yml:4:15: error[value/wrong-type]: f|gt needs a number without quotes, found string "5"`},
		{`f|hour: x`, `r.yml:4:17: error[value/wrong-type]: f|hour needs an integer, found string "x"`},
		{`f|exists: yes`, `r.yml:4:19: error[value/wrong-type]: exists takes true or false, found string "yes"`},
		{`f|contains: null`, `r.yml:4:21: error[value/wrong-type]: f|contains needs a value, found null`},
		{`f|cased: 5`, `r.yml:4:18: error[value/wrong-type]: f|cased needs a string, found integer 5`},
		{`f|base64: 'a*'`, `r.yml:4:19: error[value/modifier-conflict]: modifier base64 needs plain text, but the value has wildcards`},
		{`f|fieldref: 'a*'`, `r.yml:4:21: error[value/wrong-type]: f|fieldref needs the name of a field without wildcards, found string "a*"`},
		{`f|expand: 'x%nobody%'`, `r.yml:4:21: error[ref/placeholder-undefined]: placeholder %nobody% has no value`},
	} {
		docs, diags := rules.Parse("r.yml", []byte("title: t\nlogsource: {product: p}\ndetection:\n    s: {"+c.item+"}\n    condition: s\n"))
		if err := diags.Err(); err != nil {
			t.Fatal(err)
		}
		set := &rules.Set{}
		set.Add(docs[0])
		p, problems := compiler.Compile(set, compiler.Options{})
		if len(p.Rules) != 0 || len(problems) != 1 {
			t.Errorf("%s: %d rules, problems %v", c.item, len(p.Rules), problems)
			continue
		}
		problem := problems[0]
		problem.Help = ""
		if got := problem.String(); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.item, got, c.want)
		}
	}
}

// A text is taken for a decimal exactly where the parser of floats accepts it.
func TestParseNumberGrammar(t *testing.T) {
	var try func(text string, n int)
	try = func(text string, n int) {
		if text != "" {
			_, err := strconv.ParseFloat(text, 64)
			if _, ok := compiler.ParseNumber(text); ok != (err == nil) {
				t.Errorf("ParseNumber(%q) = %v, want %v", text, ok, err == nil)
			}
		}
		for i := 0; n > 0 && i < 6; i++ {
			try(text+"1.e+-E"[i:i+1], n-1)
		}
	}
	try("", 6)
}

func TestPatternAsLiterals(t *testing.T) {
	for detection, want := range map[string]string{
		`s: {f: 'a\b'}`:                    `0 ["A\\B"] true ["A\\B"]`,
		`s: {f|contains: ab}`:              `1 ["AB"] true ["AB"]`,
		`s: {f: 'ab*'}`:                    `2 ["AB"] true ["AB"]`,
		`s: {f|cased|endswith: ab}`:        `3 ["ab"] true ["ab"]`,
		`s: {f: '*'}`:                      `1 [""] true []`,
		`s: {f: ''}`:                       `0 [""] true []`,
		`s: {f: 'a*b?c'}`:                  `0 [] false ["A" "B" "C"]`,
		`s: {f|contains|windash: ' -x'}`:   `1 [" -X" " /X" " –X" " —X" " ―X"] true [" " "X"]`,
		`s: {f|endswith|windash: '-x -y'}`: `3 25 true`,
	} {
		p := program(t, detection+"\ncondition: s").Predicates[0].Pattern
		anchor, literals, ok := p.Simple()
		got := fmt.Sprintf("%d %q %v %q", anchor, literals, ok, p.Literals())
		if len(literals) > 5 {
			got = fmt.Sprintf("%d %d %v", anchor, len(literals), ok)
		}
		if got != want {
			t.Errorf("%s: %s, want %s", detection, got, want)
		}
	}
}
