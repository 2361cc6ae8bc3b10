package lint_test

import (
	"strings"
	"testing"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

// applied returns the source after an edit, "" if there is none.
func applied(source string, e lint.Edit, ok bool) string {
	if !ok {
		return ""
	}
	from, to := e.Span.Offsets()
	return source[:from] + e.Text + source[to:]
}

func node(t *testing.T, source string) *rules.Node {
	t.Helper()
	nodes, diags := rules.ParseNodes("file.yml", []byte(source))
	if len(diags) > 0 || len(nodes) != 1 {
		t.Fatalf("%d documents, %v", len(nodes), diags)
	}
	return nodes[0]
}

func TestRemoveEntry(t *testing.T) {
	for name, c := range map[string]struct{ source, want string }{
		"middle":           {"a: 1\nb: 2\nc: 3\n", "a: 1\nc: 3\n"},
		"last":             {"a: 1\nb: 2\n", "a: 1\n"},
		"no line break":    {"a: 1\nb: 2", "a: 1\n"},
		"crlf":             {"a: 1\r\nb: 2\r\nc: 3\r\n", "a: 1\r\nc: 3\r\n"},
		"cr":               {"a: 1\rb: 2\rc: 3\r", "a: 1\rc: 3\r"},
		"trailing blanks":  {"a: 1\nb: 2  \nc: 3\n", "a: 1\nc: 3\n"},
		"quotes":           {"a: 1\nb: '2'\nc: 3\n", "a: 1\nc: 3\n"},
		"comments around":  {"a: 1\n# x\nb: 2\n# y\nc: 3\n", "a: 1\n# x\n# y\nc: 3\n"},
		"comment behind":   {"a: 1\nb: 2 # why\nc: 3\n", ""},
		"flow":             {"{a: 1, b: 2, c: 3}\n", ""},
		"alias":            {"a: &x 1\nb: *x\n", ""},
		"anchor":           {"a: 1\nb: &x 2\nc: *x\n", ""},
		"comment within":   {"a: 1\nb: # why\n  2\nc: 3\n", ""},
		"several lines":    {"a: 1\nb: two\n  lines\nc: 3\n", "a: 1\nc: 3\n"},
		"wide characters":  {"a: ü\nb: ß\nc: €\n", "a: ü\nc: €\n"},
		"within a list":    {"- a: 1\n  b: 2\n  c: 3\n", "- a: 1\n  c: 3\n"},
		"value on its own": {"a: 1\nb:\n  2\nc: 3\n", "a: 1\nc: 3\n"},
	} {
		t.Run(name, func(t *testing.T) {
			n := node(t, c.source)
			if n.Kind == rules.ListNode {
				n = n.Items[0]
			}
			e, ok := lint.RemoveEntry(&n.Entries[1])
			if got := applied(c.source, e, ok); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestRemoveItem(t *testing.T) {
	for name, c := range map[string]struct{ source, want string }{
		"block":          {"- a\n- b\n- c\n", "- a\n- c\n"},
		"indented":       {"  - a\n  - b\n", "  - a\n"},
		"crlf":           {"- a\r\n- b\r\n- c\r\n", "- a\r\n- c\r\n"},
		"comment behind": {"- a\n- b # why\n- c\n", ""},
		"comment before": {"- a\n# why\n- b\n- c\n", "- a\n# why\n- c\n"},
		"flow":           {"[a, b, c]\n", "[a, c]\n"},
		"flow, last":     {"[a, 'b']\n", "[a]\n"},
		"flow, lines":    {"[a,\n  b,\n  c]\n", "[a,\n  c]\n"},
		"flow, comment":  {"[a, # why\n  b,\n  c]\n", ""},
		"alias":          {"- &x a\n- *x\n", ""},
		"anchor":         {"- a\n- &x b\n- *x\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			e, ok := lint.RemoveItem(node(t, c.source), 1)
			got := applied(c.source, e, ok)
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if strings.Count(got, "#") != strings.Count(c.source, "#") && ok {
				t.Error("a comment was lost")
			}
		})
	}
	if _, ok := lint.RemoveItem(node(t, "- a\n- b\n"), 0); ok {
		t.Error("the first entry may leave an empty list")
	}
}
