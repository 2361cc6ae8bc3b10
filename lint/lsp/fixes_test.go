package lsp

import (
	"context"
	"strings"
	"testing"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/lint/checks"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/config"
)

// The comment that a client is offered, given a reason, ignores the finding and
// nothing that was not there before appears. The examples of all checks and
// lists, blocks and maps in braces are tried.
func TestIgnoring(t *testing.T) {
	s := newServer(context.Background(), Options{Checks: func(context.Context, *config.Config) (*lint.Catalogue, rules.Diagnostics) {
		return lint.NewCatalogue(checks.All()), nil
	}})
	texts := map[string]string{"block": "title: Two\nlogsource: {category: process_creation, product: windows}\ndescription: |\n    see\n    https://example.org/a\n" +
		"detection:\n    a:\n        - Image|contains|all: x\n        - {Image|contains|all: y}\n    condition: 1 of a\n"}
	for _, check := range checks.All() {
		if !strings.HasPrefix(strings.TrimSpace(check.Bad), "--") {
			texts[check.Name] = strings.TrimPrefix(check.Bad, "\n")
		}
	}
	tried := 0
	for name, text := range texts {
		d := newDocument("untitled:"+name, 1, []byte(text))
		before, err := s.lintLone(s.ctx, d)
		if err != nil {
			t.Fatal(err)
		}
		for i := range before.findings {
			f := &before.findings[i]
			for _, action := range s.ignore(d, f) {
				tried++
				edit := action.Edit.DocumentChanges[0].Edits[0]
				reason := "because it is so"
				edit.NewText = strings.Replace(edit.NewText, " -- ", " -- "+reason, 1)
				ignored := d.change(2, []change{{&edit.Range, edit.NewText}}, s.enc)
				after, err := s.lintLone(s.ctx, ignored)
				if err != nil {
					t.Fatal(err)
				}
				if n, m := count(before.findings, f.Code), count(after.findings, f.Code); m >= n || len(after.findings) > len(before.findings)-1 {
					t.Errorf("%s: %d findings of %s became %d, all %d became %d, by\n%s", name, n, f.Code, m, len(before.findings), len(after.findings), ignored.file.Source)
				}
			}
		}
	}
	if tried < 100 {
		t.Errorf("only %d comments were tried", tried)
	}
}

func count(findings []lint.Finding, code string) int {
	n := 0
	for _, f := range findings {
		if f.Code == code {
			n++
		}
	}
	return n
}
