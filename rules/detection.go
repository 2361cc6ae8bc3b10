package rules

import (
	"regexp"
	"strings"
)

// referencable matches the selection names that a condition can mention (D15).
var referencable = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// detection parses the value of detection, or of filter with its key rules
// already taken, named by what in messages.
func (p *parser) detection(n *Node, what string, skip ...string) Detection {
	d := Detection{Span: n.Span}
	if n.Kind != MapNode {
		p.errorf("schema/wrong-type", n.Span, what+" must be a map of selections and a condition, found "+n.describe(), "")
		return d
	}
	var condition *Entry
	for i, e := range n.Entries {
		switch {
		case contains(skip, e.Key.Text):
		case e.Key.Text == "condition":
			condition = &n.Entries[i]
		case e.Key.Text == "timeframe":
			p.warnf("schema/deprecated-timeframe", e.Key.Span, "timeframe has no effect outside an aggregation of Sigma 1",
				"write a correlation rule with a timespan")
			d.Timeframe = p.text(e)
		default:
			d.Selections = append(d.Selections, p.selection(e))
		}
	}
	if len(d.Selections) == 0 {
		p.errorf("schema/missing-field", n.Span, what+" has no selection", "add at least one")
	}
	if condition == nil {
		p.noCondition(&d, what)
		return d
	}
	d.Conditions = p.conditions(*condition, &d)
	return d
}

// noCondition reports that there is none, or the key that was to be it.
func (p *parser) noCondition(d *Detection, what string) {
	at, help := d.Span, "add condition: with the names of selections"
	for _, s := range d.Selections {
		if near := didYouMean(s.Name.Text, []string{"condition"}); near != "" {
			at, help = s.Name.Span, near
		}
	}
	p.errorf("schema/missing-field", at, what+" has no condition", help)
}

func (p *parser) selection(e Entry) *Selection {
	s := &Selection{Name: e.Key, Span: e.Key.Span.to(e.Value.Span)}
	if !referencable.MatchString(e.Key.Text) {
		help := "use letters, digits, _ and - in names"
		if name, modifier, bar := strings.Cut(e.Key.Text, "|"); bar {
			help = "a modifier stands behind a field: |" + modifier + " has no effect on what is in " + name
		}
		p.warnf("ref/unreferenceable-selection", e.Key.Span, "only a pattern can reach the selection "+quote(e.Key.Text), help)
	}
	s.Body = p.block(e.Value, e.Key)
	return s
}

// block parses a selection's definition. A scalar is one keyword (D15 ff.).
func (p *parser) block(n *Node, name Scalar) *Block {
	b := &Block{Span: n.Span}
	switch {
	case n.Kind == ScalarNode && n.Scalar.Kind == NullScalar:
		p.errorf("schema/empty-selection", name.Span, "selection "+quote(name.Text)+" is empty", "give it fields or keywords")
	case n.Kind == ScalarNode:
		b.Items = []*Item{keywords(n.Scalar)}
	case n.Kind == MapNode:
		if len(n.Entries) == 0 {
			p.errorf("schema/empty-selection", n.Span, "a map of selection "+quote(name.Text)+" is empty", "an empty map would match every event")
		}
		for _, e := range n.Entries {
			if item := p.item(e); item != nil {
				b.Items = append(b.Items, item)
			}
		}
	default:
		p.listBlock(b, n, name)
	}
	return b
}

// listBlock gathers the scalars of a list into one keyword item, because all
// elements of a list are alternatives anyway.
func (p *parser) listBlock(b *Block, n *Node, name Scalar) {
	if len(n.Items) == 0 {
		p.errorf("schema/empty-selection", n.Span, "a list of selection "+quote(name.Text)+" is empty", "an empty list can match nothing")
	}
	var words *Item
	for _, item := range n.Items {
		switch {
		case item.Kind != ScalarNode:
			b.Any = append(b.Any, p.block(item, name))
		case item.Scalar.Kind == NullScalar:
			p.errorf("schema/wrong-type", item.Span, "a keyword cannot be null", "remove it or quote it")
		case words == nil:
			words = keywords(item.Scalar)
			words.List = true
			b.Any = append(b.Any, &Block{Items: []*Item{words}, Span: item.Span})
		default:
			words.Values = append(words.Values, item.Scalar)
			words.Span = words.Span.to(item.Span)
		}
	}
}

func keywords(s Scalar) *Item {
	return &Item{Values: []Scalar{s}, Span: s.Span}
}

// item parses one entry of a map, nil if its value has the wrong shape.
func (p *parser) item(e Entry) *Item {
	item := &Item{Key: e.Key, Span: e.Key.Span.to(e.Value.Span)}
	p.parseKey(item)
	switch e.Value.Kind {
	case ScalarNode:
		item.Values = []Scalar{e.Value.Scalar}
	case MapNode:
		p.errorf("schema/wrong-type", e.Value.Span, "the value of "+quote(e.Key.Text)+" must be a scalar or a list, found a map",
			"write nested fields with dots: outer.inner")
		return nil
	case ListNode:
		item.List = true
		if len(e.Value.Items) == 0 {
			p.errorf("value/empty-list", e.Value.Span, "the value list of "+quote(e.Key.Text)+" is empty", "an empty list can match nothing")
		}
		for _, v := range e.Value.Items {
			if v.Kind != ScalarNode {
				p.errorf("schema/wrong-type", v.Span, "a value of "+quote(e.Key.Text)+" must be a scalar, found "+v.describe(), "")
				continue
			}
			item.Values = append(item.Values, v.Scalar)
		}
	}
	if item.Keywords() {
		for _, v := range item.Values {
			if v.Kind == NullScalar {
				p.errorf("schema/wrong-type", v.Span, "a keyword cannot be null", "remove it or quote it")
			}
		}
	}
	return item
}

// Matching returns the selections that a pattern or them stands for, in
// document order. Names that begin with an underscore are meant only by a
// pattern that does so too (D36).
func (d *Detection) Matching(pattern string) []*Selection {
	if pattern == "them" {
		pattern = "*"
	}
	var out []*Selection
	for _, s := range d.Selections {
		name := s.Name.Text
		if strings.HasPrefix(name, "_") && !strings.HasPrefix(pattern, "_") {
			continue
		}
		if globMatch(pattern, name) {
			out = append(out, s)
		}
	}
	return out
}

// globMatch matches a name against a pattern in which * is any run of characters.
func globMatch(pattern, name string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == name
	}
	name, ok := strings.CutPrefix(name, parts[0])
	if !ok {
		return false
	}
	last := len(parts) - 1
	for _, part := range parts[1:last] {
		i := strings.Index(name, part)
		if i < 0 {
			return false
		}
		name = name[i+len(part):]
	}
	return strings.HasSuffix(name, parts[last])
}

func contains(list []string, s string) bool {
	for _, l := range list {
		if l == s {
			return true
		}
	}
	return false
}
