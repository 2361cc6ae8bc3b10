package rules

// mergeActions applies the legacy attribute action of Sigma 1: global adds its
// attributes to every rule behind it, reset forgets them, repeat continues the
// rule before. What a rule says itself wins over a global attribute (D2).
func mergeActions(p *parser, docs []*Node) []*Node {
	var global, previous *Node
	out := docs[:0]
	for _, doc := range docs {
		action := doc.Get("action")
		if action == nil {
			if global != nil && doc.Kind == MapNode && doc.Get("correlation") == nil && doc.Get("filter") == nil {
				doc = overlay(global, doc)
			}
			previous = doc
			out = append(out, doc)
			continue
		}
		p.warnf("schema/deprecated-action", action.Span, "action is from Sigma 1", "write the attributes into every rule")
		doc = without(doc, "action")
		switch action.Scalar.Text {
		case "global":
			global = overlay(global, doc)
		case "reset":
			global = nil
		case "repeat":
			previous = overlay(previous, doc)
			out = append(out, previous)
		default:
			p.errorf("schema/invalid-enum", action.Span, "unknown action: "+action.describe(), "known are global, reset and repeat")
		}
	}
	return out
}

// overlay returns a map with the keys of both, those of top winning; maps are
// merged, anything else is replaced. A nil base is empty.
func overlay(base, top *Node) *Node {
	if base == nil || base.Kind != MapNode || top.Kind != MapNode {
		return top
	}
	merged := *top
	merged.invalid = base.invalid || top.invalid
	merged.Entries = nil
	for _, e := range base.Entries {
		if v := top.Get(e.Key.Text); v != nil {
			e.Value = overlay(e.Value, v)
		}
		merged.Entries = append(merged.Entries, e)
	}
	for _, e := range top.Entries {
		if base.Get(e.Key.Text) == nil {
			merged.Entries = append(merged.Entries, e)
		}
	}
	return &merged
}

func without(n *Node, key string) *Node {
	c := *n
	c.Entries = nil
	for _, e := range n.Entries {
		if e.Key.Text != key {
			c.Entries = append(c.Entries, e)
		}
	}
	return &c
}
