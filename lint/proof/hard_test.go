package proof

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// What is hard is either decided or left alone, and soon: a condition whose normal
// form explodes, a thousand values on both sides, expressions with repetitions in
// repetitions. Times are logged, not asserted.
func TestHardRules(t *testing.T) {
	for _, c := range []struct{ name, detection, want string }{
		{"normal form", explosive(24), ""},
		{"thousand values against as many others", " a: {F: [" + numbered("a%d", 1000) + "]}\n b: {F: [" + numbered("b%d", 1000) + "]}\n condition: a and b", "never (a and b), unless lists"},
		{"thousand values excluded by as many", " a: {F: [" + numbered("a%d", 1000) + "]}\n b: {F: [" + numbered("b%d", 1000) + "]}\n condition: a and not b", "idle b, unless lists"},
		{"the same thousand excluded", " a: {F|endswith: [" + numbered("xa%d", 1000) + "]}\n b: {F|endswith: [" + numbered("a%d", 1000) + "]}\n condition: a and not b", "all excluded b"},
		{"nested repetitions", ` a: {F|re: ['^(a+)+b$', '^((a|aa)*)*c$', '(x{1,30}){1,30}y']}
 b: {F|re: '^(a*)*$'}
 condition: a and not b`, "idle b, unless lists"}, // no text of a alone ends in b, c or y
	} {
		p := program(t, c.detection)
		began := time.Now()
		var got []string
		for _, f := range Analyse(p, p.Rules[0]) {
			got = append(got, f.say())
		}
		t.Logf("%s: %v", c.name, time.Since(began))
		if text := strings.Join(got, "; "); text != c.want {
			t.Errorf("%s: %.300q, want %q", c.name, text, c.want)
		}
	}
}

// explosive is a conjunction of disjunctions of conjunctions over one field.
func explosive(n int) string {
	var b, names strings.Builder
	for i := range n {
		fmt.Fprintf(&b, " a%d: {F|contains: 'a%d_', G|contains: 'x%d_'}\n b%d: {F|contains: 'b%d_', H|contains: 'y%d_'}\n", i, i, i, i, i, i)
		if i > 0 {
			names.WriteString(" and ")
		}
		fmt.Fprintf(&names, "(a%d or b%d)", i, i)
	}
	return b.String() + " condition: " + names.String()
}

func numbered(format string, n int) string {
	parts := make([]string, n)
	for i := range parts {
		parts[i] = fmt.Sprintf(format, 1000+i)
	}
	return strings.Join(parts, ", ")
}
