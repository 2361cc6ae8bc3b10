package lsp

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/creachadair/jrpc2"
	"github.com/creachadair/jrpc2/channel"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/lint/checks"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/config"
)

// FuzzHandlers asks everything at a place of a text that changes, and sees that
// no handler panics, that ranges lie in the text, and that edits can be applied.
func FuzzHandlers(f *testing.F) {
	rule := "title: T\ntags:\n    - attack.t1059\nlogsource: {product: windows, category: process_creation}\ndetection:\n    a_1: {Image|endswith: 'x'}\n" +
		"    a_2:\n        - b\n    condition: a_1 and not 1 of a_*\n# socctl:ignore meta/title-length -- why\n"
	f.Add(rule, 5, 8, 5, 20, "conta😀")
	f.Add(rule, 8, 20, 8, 21, "")
	f.Add(strings.ReplaceAll(rule, "\n", "\r\n"), 9, 16, 2, 9, "'")
	f.Add("title: C\ncorrelation:\n    type: event_count\n    rules: [a]\n    timespan: 5m\n    condition: {gte: 1}\n", 3, 12, 3, 13, "T")
	f.Add("title: F\nfilter:\n    rules: any\n    s: {a: b}\n    condition: not s\n", 3, 5, 0, 0, "---\n")
	f.Add("lint:\n    checks:\n        meta/title-len: of\n", 2, 15, -1, 1<<40, "\xff")
	f.Add("- - - a: {b: [c, {d|", 0, 20, 0, 0, "\t#")
	f.Fuzz(func(t *testing.T, text string, line, column, endLine, endColumn int, typed string) {
		s := newServer(context.Background(), Options{Checks: func(context.Context, *config.Config) (*lint.Catalogue, rules.Diagnostics) {
			return lint.NewCatalogue(checks.All()), nil
		}})
		client, server := channel.Direct()
		defer client.Close()
		s.rpc = jrpc2.NewServer(s.methods(), &jrpc2.ServerOptions{AllowPush: true}).Start(server)
		go func() {
			for {
				if _, err := client.Recv(); err != nil {
					return
				}
			}
		}()
		s.ready = true
		for _, name := range []string{"untitled:a.yml", "untitled:/.socctl.yml"} {
			ask := func(method string, params any) any {
				result, err := s.methods()[method](s.ctx, requestOf(t, method, params))
				if err != nil && strings.Contains(err.Error(), "internal error") {
					t.Fatalf("%s: %v", method, err)
				}
				return result
			}
			doc := textDocument{URI: name, Version: 1, Text: text}
			where := at{doc, position{line, column}}
			ask("textDocument/didOpen", documentParams{doc})
			ask("textDocument/didChange", changeParams{doc, []change{{Range: &span{where.Position, position{endLine, endColumn}}, Text: typed}}})
			if err := s.run(s.ctx); err != nil {
				t.Fatal(err)
			}
			close(s.idle)
			for _, method := range []string{"hover", "completion", "definition", "references", "documentSymbol", "codeLens", "formatting"} {
				ask("textDocument/"+method, where)
			}
			ask("workspace/executeCommand", executeParams{runTestsCommand, []json.RawMessage{[]byte(`"` + name + `"`)}})
			d := s.docs[name]
			for _, f := range s.findings(d) {
				within(t, d, s.enc.span(f.Span))
			}
			actions, _ := ask("textDocument/codeAction", actionParams{TextDocument: doc, Range: span{position{}, position{1 << 30, 0}}}).([]codeAction)
			for _, a := range actions {
				for _, e := range a.Edit.DocumentChanges[0].Edits {
					within(t, d, e.Range)
					d.change(2, []change{{&e.Range, e.NewText}}, s.enc)
				}
			}
		}
	})
}

// within fails if a range is not one of the text.
func within(t *testing.T, d *document, r span) {
	t.Helper()
	if comparePositions(r.End, r.Start) < 0 || r.Start.Line < 0 || r.End.Line >= d.file.Lines() {
		t.Fatalf("range %+v in a text of %d lines", r, d.file.Lines())
	}
}

// requestOf makes a request as it arrives.
func requestOf(t *testing.T, method string, params any) *jrpc2.Request {
	t.Helper()
	text, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := jrpc2.ParseRequests(text)
	if err != nil || len(parsed) != 1 {
		t.Fatalf("%s: %v", text, err)
	}
	return parsed[0].ToRequest()
}
