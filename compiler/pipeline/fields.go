package pipeline

import (
	"strings"

	"github.com/socctl/socctl/rules"
)

// fieldMapping renames fields: in detection items, references to fields, the
// list fields of a document, and the parts of a correlation that name fields.
type fieldMapping struct {
	// target returns what a name becomes, "" being that of keywords; nil if it
	// stays. several is set if the mapping gives a list, even of one name.
	target func(field string) (names []string, several bool)
}

func (m *fieldMapping) apply(r *run) {
	h := r.header
	var fields []rules.Scalar
	for _, f := range h.Fields {
		for _, name := range m.mapped(r, f.Text) {
			fields = append(fields, r.rename(f, name))
		}
	}
	h.Fields = fields
	if r.correlation != nil {
		m.correlation(r, r.correlation)
	}
	r.eachItem(func(it *item) *node { return m.item(r, it) })
}

// mapped returns what a name outside of selections becomes.
func (m *fieldMapping) mapped(r *run, field string) []string {
	names, _ := m.target(field)
	if names == nil || !r.selectsField(field) || !r.grow(len(names), 0) {
		return []string{field}
	}
	r.trackField(field, names)
	return names
}

// rename returns a scalar with another text, noting the change.
func (r *run) rename(s rules.Scalar, text string) rules.Scalar {
	if s.Text != text {
		s.Text, s.Kind = text, rules.StringScalar
		r.changed = true
	}
	return s
}

// trackField notes that the current item was applied to a name.
func (r *run) trackField(from string, to []string) {
	if len(to) == 1 && to[0] == from {
		return
	}
	ids := r.fieldIDs[from]
	delete(r.fieldIDs, from)
	for _, name := range to {
		copied := map[string]bool{r.item.ID: true}
		for id := range ids {
			copied[id] = true
		}
		r.fieldIDs[name] = copied
	}
}

// item maps a detection item. A list of names makes alternatives of it.
func (m *fieldMapping) item(r *run, it *item) *node {
	changed := m.references(r, it)
	names, several := m.target(it.field)
	if names == nil || !r.selectsField(it.field) {
		if changed {
			return leaf(it)
		}
		return nil
	}
	if !r.grow(len(names)*(1+len(it.values)), 0) {
		return nil
	}
	r.mappings.add(it.field, names)
	if it.field == "" {
		r.keywordsToField(it)
	}
	if !several {
		it.changed = it.changed || it.field != names[0]
		it.field = names[0]
		return leaf(it)
	}
	out := &node{any: true}
	for _, name := range names {
		out.kids = append(out.kids, leaf(it.renamed(name)))
	}
	return out
}

// references maps the fields that values name, and reports whether there are any.
func (m *fieldMapping) references(r *run, it *item) bool {
	found := false
	var values []value
	for _, v := range it.values {
		if v.kind != fieldValue || !r.item.fieldConditions.holds(func(c fieldCondition) bool { return c.matchField(r, v.scalar.Text) }) {
			values = append(values, v)
			continue
		}
		found = true
		for _, name := range m.mapped(r, v.scalar.Text) {
			v.scalar.Text, v.scalar.Kind = name, rules.StringScalar
			values = append(values, v)
		}
	}
	if found {
		it.values, it.changed = values, true
	}
	return found
}

// keywordsToField keeps the meaning of keywords that become a field's values:
// they are found anywhere in it.
func (r *run) keywordsToField(it *item) {
	it.changed = true
	if it.anchor == "" {
		it.anchor = "contains"
	}
	for i, v := range it.values {
		switch v.kind {
		case numberValue, boolValue:
			v.text = literalText(v.scalar.Text)
			fallthrough
		case textValue:
			it.values[i] = v.changeText(v.text.anchored(true, true))
		}
	}
}

// correlation maps the names of fields in a correlation. The name of an alias
// is none.
func (m *fieldMapping) correlation(r *run, c *rules.Correlation) {
	aliases := map[string]bool{}
	for i := range c.Aliases {
		aliases[c.Aliases[i].Name.Text] = true
		for j := range c.Aliases[i].Fields {
			f := &c.Aliases[i].Fields[j].Field
			*f = m.single(r, *f, "an alias")
		}
	}
	var group []rules.Scalar
	for _, g := range c.GroupBy {
		if aliases[g.Text] {
			group = append(group, g)
			continue
		}
		for _, name := range m.mapped(r, g.Text) {
			group = append(group, r.rename(g, name))
		}
	}
	c.GroupBy = group
	for i := range c.Field {
		c.Field[i] = m.single(r, c.Field[i], "the field of a condition")
	}
}

// single maps a name where only one can stand.
func (m *fieldMapping) single(r *run, s rules.Scalar, what string) rules.Scalar {
	names := m.mapped(r, s.Text)
	if len(names) != 1 {
		r.errorf("pipeline/ambiguous-field", s.Span, what+" cannot become several fields: "+joinNames(names), "map "+s.Text+" to one field for correlations")
		return s
	}
	return r.rename(s, names[0])
}

// mapping reads a map of names to a name or a list of names.
func (ps *params) mapping(key string) map[string]mapped {
	n := ps.required(key)
	if n == nil {
		return nil
	}
	if n.Kind != rules.MapNode {
		ps.wrongType(key, n, "a map")
		return nil
	}
	out := map[string]mapped{}
	for _, e := range n.Entries {
		from := e.Key.Text
		if e.Key.Kind == rules.NullScalar {
			from = ""
		}
		names := ps.asTexts(key+" of "+e.Key.Text, e.Value, true)
		if len(names) == 0 && e.Value.Kind == rules.ListNode {
			ps.errorf("pipeline/invalid-value", e.Value.Span, e.Key.Text+" is mapped to nothing", "use drop_detection_item to remove items")
		}
		out[from] = mapped{names, e.Value.Kind == rules.ListNode}
	}
	return out
}

// mapped is what a key of a mapping becomes.
type mapped struct {
	to      []rules.Scalar
	several bool
}

func (m mapped) names(suffix string) []string {
	out := make([]string, len(m.to))
	for i, s := range m.to {
		out[i] = s.Text + suffix
	}
	return out
}

// checkNames reports names that no field can have.
func (ps *params) checkNames(mapping map[string]mapped) {
	for _, m := range mapping {
		for _, s := range m.to {
			ps.checkName(s)
		}
	}
}

func (ps *params) checkName(s rules.Scalar) {
	if s.Text == "" || strings.Contains(s.Text, "|") {
		ps.errorf("pipeline/invalid-value", s.Span, "no field can be called "+describe(&rules.Node{Scalar: s}), "names are not empty and have no |")
	}
}

func parseFieldMapping(ps *params) transformation {
	mapping := ps.mapping("mapping")
	ps.checkNames(mapping)
	return &fieldMapping{func(field string) ([]string, bool) {
		m, ok := mapping[field]
		if !ok {
			return nil, false
		}
		return m.names(""), m.several
	}}
}

// parsePrefixMapping reads a mapping of prefixes; the first that fits counts.
func parsePrefixMapping(ps *params) transformation {
	mapping := ps.mapping("mapping")
	var order []string
	if n := ps.node.Get("mapping"); n != nil {
		for _, e := range n.Entries {
			if e.Key.Kind == rules.NullScalar || e.Key.Text == "" {
				ps.errorf("pipeline/invalid-value", e.Key.Span, "a prefix cannot be empty", "use field_name_prefix to begin every name with something")
			}
			order = append(order, e.Key.Text)
		}
	}
	for _, m := range mapping {
		for _, s := range m.to {
			if s.Text != "" {
				ps.checkName(s)
			}
		}
	}
	return &fieldMapping{func(field string) ([]string, bool) {
		for _, prefix := range order {
			if rest, ok := strings.CutPrefix(field, prefix); ok && field != "" && prefix+rest != "" {
				if m := mapping[prefix]; rest != "" || !m.hasEmpty() {
					return m.names(rest), m.several
				}
			}
		}
		return nil, false
	}}
}

// hasEmpty reports whether a name would become empty.
func (m mapped) hasEmpty() bool {
	for _, s := range m.to {
		if s.Text == "" {
			return true
		}
	}
	return false
}

func parseFieldPrefix(ps *params) transformation {
	prefix := ps.text("prefix")
	ps.checkAffix(prefix)
	return affix(prefix.Text, "")
}

func parseFieldSuffix(ps *params) transformation {
	suffix := ps.text("suffix")
	ps.checkAffix(suffix)
	return affix("", suffix.Text)
}

func (ps *params) checkAffix(s rules.Scalar) {
	if s.Text != "" {
		ps.checkName(s)
	}
}

func affix(before, behind string) transformation {
	return &fieldMapping{func(field string) ([]string, bool) {
		if field == "" {
			return nil, false
		}
		return []string{before + field + behind}, false
	}}
}
