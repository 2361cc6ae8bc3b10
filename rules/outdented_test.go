package rules_test

import (
	"strings"
	"testing"

	"github.com/socctl/socctl/rules"
)

// A key that is not indented has no effect, and would widen the rule without a word.
func TestOutdentedKeys(t *testing.T) {
	t.Parallel()
	rule := "title: A\nlogsource:\n  category: process_creation\n  product: windows\ndetection:\n  s: {Image: a}\n  condition: s\n"
	correlation := "title: B\ncorrelation:\n  type: event_count\n  rules: [a]\n  timespan: 5m\n  group-by: [u]\n  condition: {gte: 3}\n"
	for key, text := range map[string]string{"category": rule, "product": rule, "condition": rule, "rules": correlation, "timespan": correlation, "group-by": correlation} {
		outdented := strings.Replace(text, "  "+key+":", key+":", 1)
		// What follows would be part of the key: it stands at the end.
		line := key + ":" + strings.SplitN(strings.SplitN(outdented, "\n"+key+":", 2)[1], "\n", 2)[0] + "\n"
		outdented = strings.Replace(outdented, line, "", 1) + line
		_, diags := rules.Parse("r.yml", []byte(outdented))
		found := false
		for _, d := range diags {
			found = found || d.Code == "schema/unknown-key" && strings.HasPrefix(d.Message, `"`+key+`" stands outside of `) && d.Span.Start.Line == strings.Count(outdented, "\n")
		}
		if !found {
			t.Errorf("%s: %v\n%s", key, diags, outdented)
		}
		if _, diags := rules.Parse("r.yml", []byte(text)); len(diags) > 0 {
			t.Errorf("%s: %v", key, diags)
		}
	}
}
