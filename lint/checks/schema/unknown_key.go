package schema

import (
	"slices"
	"strings"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var unknownKey = &lint.Check{
	Name:  "schema/unknown-key",
	Title: `an attribute that looks misspelt, or is not indented`,
	Doc:   `Sigma allows attributes of one's own, so this is a warning where they are allowed. A misspelt one has no effect, and neither has one that stands outside of where it belongs: a rule whose product is beside its logsource is one for all products.`,
	Bad: `
title: Whoami
levl: high
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Good: `
title: Whoami
level: high
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity:  rules.Warning,
	Scope:     lint.RuleScope,
	Fixable:   true,
	Elsewhere: []string{"pysigma custom_attributes", "rsigma unknown_key", "rsigma non_lowercase_key", "rsigma invalid_condition_operator", "json-schema additionalProperties"},
	Repair: func(f *lint.Finding) {
		// The help of the finding proposes the word that was meant.
		if word, ok := strings.CutPrefix(f.Help, "did you mean \""); ok {
			word = strings.TrimSuffix(word, "\"?")
			if f.Document == nil || !standsBeside(f.Document.Meta().Node, f.Span, word) {
				f.Replace(f.Span, word, "write "+word)
			}
		}
	},
}

// standsBeside reports whether the map with a key at a place, which is the node or
// below it, has another key as well.
func standsBeside(n *rules.Node, at rules.Span, key string) bool {
	if n == nil {
		return false
	}
	for _, e := range n.Entries {
		if e.Key.Span == at && n.Get(key) != nil || standsBeside(e.Value, at, key) {
			return true
		}
	}
	return slices.ContainsFunc(n.Items, func(item *rules.Node) bool { return standsBeside(item, at, key) })
}
