package style

import (
	"slices"
	"strings"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var wildcardInsteadOfModifier = &lint.Check{
	Name:  "style/wildcard-instead-of-modifier",
	Title: `wildcards at the ends of all values of a field`,
	Doc:   "`contains`, `startswith` and `endswith` say the same and are easier to read. Only reported if the rest of each value has no wildcard.",
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image: '*\whoami.exe'
    condition: selection
`,
	Good: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity:  rules.Info,
	Scope:     lint.RuleScope,
	Fixable:   true,
	Elsewhere: []string{"pysigma wildcards_instead_of_modifiers"},
	Run: func(p *lint.Pass) {
		for _, item := range p.Items() {
			if item.Keywords() || len(item.Values) == 0 || slices.ContainsFunc(item.Modifiers, func(m rules.Modifier) bool { return m.Name != "all" && m.Name != "cased" }) {
				continue
			}
			name := shape(item.Values[0])
			if name == "" || slices.ContainsFunc(item.Values, func(v rules.Scalar) bool { return shape(v) != name }) {
				continue
			}
			f := p.Report(item.Key.Span, "all values of "+item.Field.Text+" could be written with "+name, "write "+item.Field.Text+"|"+name)
			if edits := withModifier(item, name); edits != nil {
				f.FixBy("write "+name, edits...)
			}
		}
	},
}

// shape returns the modifier that a value could have instead of its wildcards,
// "" if there is none.
func shape(v rules.Scalar) string {
	if v.Kind != rules.StringScalar {
		return ""
	}
	text := v.Text
	before, front := strings.CutPrefix(text, "*")
	inner, behind := strings.CutSuffix(before, "*")
	// A backslash before the last wildcard escapes it, or does not: leave it.
	if inner == "" || strings.ContainsAny(inner, "*?") || strings.HasSuffix(inner, `\\`) && behind {
		return ""
	}
	switch {
	case front && behind:
		return "contains"
	case front:
		return "endswith"
	case behind:
		return "startswith"
	}
	return ""
}

// withModifier returns the edits that add a modifier and remove the wildcards at
// the ends, nil where the places are not known.
func withModifier(item *rules.Item, name string) []lint.Edit {
	field := len(item.Field.Text)
	edits := []lint.Edit{{Span: item.Key.At(field, field), Text: "|" + name}}
	for _, v := range item.Values {
		if !v.Span.Known() {
			return nil
		}
		if name != "startswith" {
			edits = append(edits, lint.Edit{Span: v.At(0, 1)})
		}
		if name != "endswith" {
			edits = append(edits, lint.Edit{Span: v.At(len(v.Text)-1, len(v.Text))})
		}
	}
	return edits
}
