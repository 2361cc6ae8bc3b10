package adequacy

import (
	"testing"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/ruletest"
	"github.com/socctl/socctl/rules"
)

// What is written is read as it was.
func FuzzFlow(f *testing.F) {
	for _, text := range []string{"", "x", "a b", "no", "007", "1e3", "~", "- x", "a: b", "a #b", "'", `"\`, "{x}", "[x", "x,y", "a|b", "a=b",
		"\t", "a\nb", "é", "\u2028", "\x00", " x", "x ", "*x", "&x", "!x", "%x", "@x", "`x", "C:\\x\\", "/a:b", "a:", "null", "2026-01-01", "_1", "0x1f", "\ufeff", "\u0085"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		value := evaluator.ObjectValue(evaluator.Member{Name: "k" + text, Value: evaluator.ListValue(evaluator.StringValue(text), evaluator.NumberValue("5"),
			evaluator.ObjectValue(evaluator.Member{Name: "in", Value: evaluator.StringValue(text)}))}, evaluator.Member{Name: "plain", Value: evaluator.StringValue(text)})
		want := evaluator.StringValue(text).AppendJSON(nil)
		if string(want) == "" || !validText(text) {
			t.Skip("no text that JSON can hold")
		}
		source := "events:\n    e: " + flow(value) + "\n"
		nodes, diags := rules.ParseNodes("x.yml", []byte(source))
		if diags.Count(rules.Error) > 0 || len(nodes) != 1 {
			t.Fatalf("%q is not read: %v", source, diags)
		}
		fixtures := ruletest.Fixtures(nodes[0])
		if len(fixtures) != 1 {
			t.Fatalf("%q holds %d events", source, len(fixtures))
		}
		if got := fixtures[0].Value.AppendJSON(nil); string(got) != string(value.AppendJSON(nil)) {
			t.Errorf("%q is read as %s, want %s", source, got, value.AppendJSON(nil))
		}
	})
}

func validText(text string) bool {
	for _, r := range text {
		if r == 0xfffd {
			return false
		}
	}
	return len(text) < 300
}
