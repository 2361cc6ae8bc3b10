package checks_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/lint"
)

// What the fix for selections that mean the same makes of a detection: the condition
// names one, the other one is gone, and no comment is lost. "" means that no fix is
// offered, which is so wherever the rule would mean something else.
func TestMergedSelections(t *testing.T) {
	check := catalogue.Find("logic/duplicate-selection")
	for _, c := range []struct{ name, before, after string }{
		{"named together", `
    a:
        F: x
    b:
        F: X
    c:
        G: y
    condition: c and (a or b)
`, `
    a:
        F: x
    c:
        G: y
    condition: c and a
`},
		{"the first operand", `
    a:
        F: x
    b:
        F: X
    c:
        G: y
    condition: b and a and c
`, `
    a:
        F: x
    c:
        G: y
    condition: a and c
`},
		{"excluded twice", `
    sel:
        G: y
    filter_a:
        F|endswith: x
    filter_b:
        F: '*X'
    condition: sel and not filter_a and not filter_b
`, `
    sel:
        G: y
    filter_a:
        F|endswith: x
    condition: sel and not filter_a
`},
		{"in different places, with comments", `
    # what it looks for
    a:
        F: x # the name
        G: 'a # b'
    c:
        H: z
    # the same once more
    b:
        # reversed
        G: 'A # B'
        F: X   # the name
    d:
        H: y
    condition: (a and c) or (b and d)
`, `
    # what it looks for
    # the same once more
    # reversed
    # the name
    a:
        F: x # the name
        G: 'a # b'
    c:
        H: z
    d:
        H: y
    condition: (a and c) or (a and d)
`},
		{"by a pattern", `
    sel:
        G: y
    filter_a:
        F: x
    filter_b:
        F: X
    condition: sel and not 1 of filter_*
`, `
    sel:
        G: y
    filter_a:
        F: x
    condition: sel and not 1 of filter_*
`},
		{"a pattern that means one alone", `
    sel:
        G: y
    a:
        F: x
    b_1:
        F: X
    condition: sel and (a or 1 of b_*)
`, `
    sel:
        G: y
    a:
        F: x
    condition: sel and a
`},
		{"a pattern that means the later one and others", `
    sel:
        G: y
    a:
        F: x
    b_1:
        F: X
    b_2:
        H: z
    condition: (sel and a) or (not sel and 1 of b_*)
`, `
    sel:
        G: y
    b_1:
        F: X
    b_2:
        H: z
    condition: (sel and b_1) or (not sel and 1 of b_*)
`},
		{"two patterns, of which each means one and others", `
    a_1:
        F: x
    a_2:
        G: y
    b_1:
        F: X
    b_2:
        H: z
    condition: all of a_* or all of b_*
`, ""},
		{"in a folded condition", `
    a:
        F: x
    b:
        F: X
    c:
        G: y
    condition: >
        c and
        a and
        b
`, `
    a:
        F: x
    c:
        G: y
    condition: >
        c and
        a
`},
		{"quoted, on one line", `
    a: {F: x}
    b: {F: X} # twice
    condition: "1 of a* or b"
`, `
    # twice
    a: {F: x}
    condition: "1 of a*"
`},
	} {
		t.Run(c.name, func(t *testing.T) {
			const head = "title: T\nlogsource: {category: process_creation, product: windows}\ndetection:"
			result := lintExample(t, check, head+c.before)
			found := of(result, check)
			if len(found) != 1 {
				t.Fatalf("%d findings, want one", len(found))
			}
			if (found[0].Fix != nil) != (c.after != "") {
				t.Fatalf("a fix is offered: %v", found[0].Fix != nil)
			}
			if c.after == "" {
				return
			}
			fixed := (lint.Fixer{}).Fix(found)
			if len(fixed) != 1 || len(fixed[0].Refused) > 0 {
				t.Fatalf("not fixed: %v", fixed)
			}
			if diff := cmp.Diff(head+c.after, string(fixed[0].After)); diff != "" {
				t.Errorf("- want, + got:\n%s", diff)
			}
			if again := of(lintExample(t, check, string(fixed[0].After)), check); len(again) > 0 {
				t.Errorf("still found: %v", again)
			}
			if comments := strings.Count(c.before, " # ") + strings.Count(c.before, "\n    #"); comments > 0 && !strings.Contains(string(fixed[0].After), "# ") {
				t.Error("comments are lost")
			}
		})
	}
}
