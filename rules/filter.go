package rules

import "slices"

func (p *parser) filter(doc *Node) *Filter {
	f := &Filter{Header: p.header(doc, "logsource", "filter")}
	f.Logsource = p.logsource(doc)
	p.lifetime(f)
	n := doc.Get("filter")
	if n.Kind != MapNode {
		p.errorf("schema/wrong-type", n.Span, "filter must be a map of rules, selections and a condition, found "+n.describe(), "")
		return f
	}
	if i := slices.IndexFunc(n.Entries, func(e Entry) bool { return e.Key.Text == "rules" }); i >= 0 {
		f.Rules = p.filterRules(n.Entries[i])
	} else {
		p.errorf("schema/missing-field", p.docSpan(n), "the filter names no rules", "list ids or names, or write rules: any")
	}
	f.Detection = p.detection(n, "filter", "rules")
	if len(f.Detection.Conditions) > 1 {
		p.errorf("schema/wrong-type", f.Detection.Conditions[1].Text.Span, "a filter has one condition, not a list", "join them with or")
	}
	return f
}

// lifetime reads what the custom attribute socctl says about a filter. Its other
// keys are free.
func (p *parser) lifetime(f *Filter) {
	n := f.CustomAttribute("socctl")
	if n == nil || n.Kind != MapNode {
		return
	}
	for _, e := range n.Entries {
		switch e.Key.Text {
		case "owner":
			f.Owner = p.text(e)
		case "expires":
			f.Expires = p.date(p.text(e))
		}
	}
}

// filterRules returns nil for any.
func (p *parser) filterRules(e Entry) []Scalar {
	if e.Value.Kind == ScalarNode && e.Value.Scalar.Text == "any" || e.Value.Kind == ListNode && len(e.Value.Items) == 0 {
		return nil
	}
	return p.oneOrMore(e)
}
