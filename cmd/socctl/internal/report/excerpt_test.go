package report

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/rules"
)

// The caret stands below the place, whatever had to be cut off or made visible.
func TestExcerpt(t *testing.T) {
	file := rules.NewFile("r.yml", []byte("a\x1b\tbad\n"+strings.Repeat("x", 100)+"bad"+strings.Repeat("y", 100)+"\n"))
	span := func(line, from, to int) rules.Span {
		return rules.Span{File: file, Start: rules.Position{Line: line, Column: from}, End: rules.Position{Line: line, Column: to}}
	}
	for _, c := range []struct {
		at   rules.Span
		want string
	}{
		{span(1, 4, 7), "1 | a\\u001b bad\n  |         ^^^\n"},
		{span(2, 101, 104), "2 | …" + strings.Repeat("x", 49) + "bad" + strings.Repeat("y", 46) + "…\n  | " + strings.Repeat(" ", 50) + "^^^\n"},
		{span(2, 1, 204), "2 | " + strings.Repeat("x", 99) + "…\n  | " + strings.Repeat("^", 100) + "\n"},
		{span(3, 0, 0), "3 | \n  | ^\n"},
	} {
		var b bytes.Buffer
		Excerpt(&b, Style{}, c.at, Red)
		_, got, _ := strings.Cut(b.String(), "  |\n")
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Error(diff)
		}
	}
}
