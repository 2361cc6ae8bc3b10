package pipeline

import (
	"slices"
	"strings"

	"github.com/socctl/socctl/rules"
)

// item is a detection item while a pipeline works on it.
type item struct {
	field   string // "" for keywords
	values  []value
	all     bool // the values are joined by and
	negated bool
	anchor  string // what to write for the wildcards of changed values
	origin  *rules.Item
	changed bool
	applied map[string]bool // ids of the processing items that changed it
}

func newItem(origin *rules.Item) *item {
	it := &item{field: origin.Field.Text, origin: origin, all: origin.Has("all"), negated: origin.Has("neq"), applied: map[string]bool{}}
	modifiers := modifierNames(origin)
	it.anchor = anchorOf(modifiers)
	for _, s := range origin.Values {
		it.values = append(it.values, newValue(s, modifiers))
	}
	return it
}

// renamed returns a copy with another field. Like in pySigma it does not know
// what was applied before.
func (it *item) renamed(field string) *item {
	out := *it
	out.field, out.changed, out.applied = field, true, map[string]bool{}
	out.values = slices.Clone(it.values)
	return &out
}

// with returns a copy with other values and no linking of its own.
func (it *item) with(field string, values []value) *item {
	out := it.renamed(field)
	out.values = values
	return out
}

// span is where the item stands: its key, or its values without one.
func (it *item) span() rules.Span {
	if it.origin.Key.Present() {
		return it.origin.Key.Span
	}
	return it.origin.Span
}

// written is what becomes of an item: one item of a rule for each group of
// values that are written with the same modifiers, and how the groups combine.
func (it *item) written() (items []*rules.Item, any bool) {
	if !it.changed {
		c := *it.origin
		c.Modifiers, c.Values = slices.Clone(c.Modifiers), slices.Clone(c.Values)
		return []*rules.Item{&c}, false
	}
	type group struct {
		modifiers []string
		values    []rules.Scalar
	}
	var groups []*group
	for _, v := range it.values {
		s, modifiers := v.written(it.anchor)
		i := slices.IndexFunc(groups, func(g *group) bool { return slices.Equal(g.modifiers, modifiers) })
		if i < 0 {
			i = len(groups)
			groups = append(groups, &group{modifiers: modifiers})
		}
		if !slices.ContainsFunc(groups[i].values, func(o rules.Scalar) bool { return o.Text == s.Text && o.Kind == s.Kind }) {
			groups[i].values = append(groups[i].values, s)
		}
	}
	for _, g := range groups {
		items = append(items, it.build(g.modifiers, g.values))
	}
	return items, it.all == it.negated
}

// build returns an item of a rule, with the places of the one it comes from.
func (it *item) build(modifiers []string, values []rules.Scalar) *rules.Item {
	out := &rules.Item{Key: it.origin.Key, Field: it.origin.Field, Values: values, Span: it.origin.Span}
	out.List = len(values) > 1 || it.origin.List
	if !it.origin.Field.Present() && it.origin.Keywords() {
		out.Key, out.Field = rules.NewScalar(""), rules.NewScalar("")
		out.Key.Span, out.Field.Span = it.span(), it.span()
	}
	out.Field.Text = it.field
	for _, name := range it.chain(modifiers) {
		out.Modifiers = append(out.Modifiers, it.modifier(name))
	}
	key := it.field
	for _, m := range out.Modifiers {
		key += "|" + m.Name
	}
	out.Key.Text, out.Key.Kind = key, rules.StringScalar
	if key == "" { // keywords are written without a key
		out.Key = rules.Scalar{}
	}
	return out
}

// chain returns modifiers with all and neq, in the order of the rule if they
// are those of the rule.
func (it *item) chain(modifiers []string) []string {
	var original []string
	for _, m := range it.origin.Modifiers {
		if m.Name == "all" && !it.all || m.Name == "neq" && !it.negated {
			continue
		}
		original = append(original, m.Name)
	}
	if slices.Equal(modifiers, slices.DeleteFunc(slices.Clone(original), isTail)) {
		return original
	}
	out := slices.Clone(modifiers)
	if it.all {
		out = append(out, "all")
	}
	if it.negated {
		out = append(out, "neq")
	}
	return out
}

func isTail(name string) bool { return name == "all" || name == "neq" }

// modifier returns the modifier of that name as the rule has it.
func (it *item) modifier(name string) rules.Modifier {
	for _, m := range it.origin.Modifiers {
		if m.Name == name {
			return m
		}
	}
	return rules.Modifier{Name: name, Span: it.origin.Key.Span}
}

// itemOf reads an entry of a map of fields to values, as in a selection.
func (p *parser) itemOf(e rules.Entry) *rules.Item {
	field, chain, _ := strings.Cut(e.Key.Text, "|")
	var modifiers []string
	if chain != "" {
		modifiers = strings.Split(chain, "|")
	}
	out, err := rules.NewItem(field, modifiers)
	if err != nil {
		p.errorf("pipeline/invalid-value", e.Key.Span, "the key "+e.Key.Text+" cannot be used: "+err.Error(), "write a field and known modifiers")
		return nil
	}
	out.Key, out.Span = e.Key, e.Key.Span
	out.Field.Span = e.Key.Span
	for i := range out.Modifiers {
		out.Modifiers[i].Span = e.Key.Span
	}
	nodes := []*rules.Node{e.Value}
	if out.List = e.Value.Kind == rules.ListNode; out.List {
		nodes = e.Value.Items
	}
	for _, n := range nodes {
		if n.Kind != rules.ScalarNode {
			p.errorf("pipeline/wrong-type", n.Span, "a value of "+e.Key.Text+" must be a scalar, found "+describe(n), "")
			return nil
		}
		out.Values = append(out.Values, n.Scalar)
	}
	if len(out.Values) == 0 {
		p.errorf("pipeline/wrong-type", e.Value.Span, "the list of values of "+e.Key.Text+" is empty", "an empty list can match nothing")
		return nil
	}
	return out
}
