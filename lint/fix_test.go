package lint_test

import (
	"testing"

	"github.com/socctl/socctl/lint"
)

// Edits of one fix that overlap are refused: nobody can tell what was meant.
func TestFixRefusesOverlap(t *testing.T) {
	key := node(t, "title: Whoami\n").Entries[0]
	both := key.Key.Span
	both.End = key.Value.Span.End
	var f lint.Finding
	f.FixBy("twice", lint.Edit{Span: both, Text: "title: A"}, lint.Edit{Span: key.Value.Span, Text: "B"})
	got := lint.Fixer{}.Fix([]lint.Finding{f})
	if len(got) != 1 || len(got[0].Refused) != 1 || string(got[0].After) != "title: Whoami\n" {
		t.Errorf("%+v", got)
	}
}
