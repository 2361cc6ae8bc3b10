package logsource

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

func (p *parser) table(n *yaml.Node) *Table {
	t := &Table{}
	p.keys(n, []string{"views", "taxonomy", "unseen", "domains", "fields", "places", "dual-use"}, func(key string, _, v *yaml.Node) {
		if key == "dual-use" {
			t.Programs = p.programs(v)
			return
		}
		for _, item := range p.list(v) {
			switch key {
			case "domains":
				t.Domains = append(t.Domains, p.domain(item))
			case "fields":
				t.Fields = append(t.Fields, p.fieldDefs(item)...)
			case "places":
				t.Places = append(t.Places, p.place(item))
			case "views":
				t.Views = append(t.Views, p.view(item))
			case "taxonomy":
				t.Taxonomies = append(t.Taxonomies, p.taxonomy(item))
			case "unseen":
				t.Unseen = append(t.Unseen, p.unseen(item))
			}
		}
	})
	names := map[string]bool{}
	for _, v := range t.Views {
		if names[v.Name] {
			p.fail(n, "view %q is defined twice", v.Name)
		}
		names[v.Name] = true
	}
	return t
}

func (p *parser) view(n *yaml.Node) ViewDef {
	v := ViewDef{Native: true}
	known := []string{"name", "logsource", "also", "when", "native", "fields",
		"within", "strip", "ignore-case", "json", "absent", "note", "each", "keep", "time"}
	p.keys(n, known, func(key string, _, value *yaml.Node) {
		p.viewKey(&v, key, value)
	})
	switch {
	case n.Kind != yaml.MappingNode:
	case v.Name == "":
		p.fail(n, "a view needs a name")
	case v.Logsource.IsZero():
		p.fail(n, "view %q needs a logsource", v.Name)
	case len(v.When) == 0:
		p.fail(n, "view %q needs a condition (when)", v.Name)
	case v.Each == "" && (v.KeepAll || len(v.Keep) > 0):
		p.fail(n, "view %q keeps fields beside elements, and has no each", v.Name)
	}
	return v
}

func (p *parser) viewKey(v *ViewDef, key string, value *yaml.Node) {
	switch key {
	case "name":
		v.Name = p.text(value)
	case "logsource":
		v.Logsource = p.logsource(value)
	case "also":
		for _, item := range p.list(value) {
			v.Also = append(v.Also, p.logsource(item))
		}
	case "when":
		v.When = p.when(value)
	case "native":
		v.Native = p.bool(value)
	case "fields":
		p.entries(value, func(k, sources *yaml.Node) {
			v.Fields = append(v.Fields, p.field(k, sources))
		})
	case "within":
		v.Within = p.texts(value)
	case "strip":
		v.Strip = p.texts(value)
	case "json":
		v.JSON = p.texts(value)
	case "ignore-case":
		v.IgnoreCase = p.bool(value)
	case "absent":
		v.Absent = p.texts(value)
	case "note":
		v.Note = p.text(value)
	case "each":
		if v.Each = p.text(value); v.Each == "" {
			p.fail(value, "each needs the path of a list")
		}
	case "keep":
		p.keep(v, value)
	case "time":
		v.Time = p.texts(value)
	}
}

// keep reads the names of fields, or the word all. A field that is called all
// is written as a list.
func (p *parser) keep(v *ViewDef, n *yaml.Node) {
	if v.KeepAll = n.Kind == yaml.ScalarNode && n.Value == "all"; !v.KeepAll {
		v.Keep = p.texts(n)
	}
}

func (p *parser) logsource(n *yaml.Node) Logsource {
	var l Logsource
	p.keys(n, []string{"category", "product", "service"}, func(key string, _, v *yaml.Node) {
		text := strings.ToLower(p.text(v))
		switch key {
		case "category":
			l.Category = text
		case "product":
			l.Product = text
		case "service":
			l.Service = text
		}
	})
	if n.Kind == yaml.MappingNode && l.IsZero() {
		p.fail(n, "a logsource needs a category, a product or a service")
	}
	return l
}

// when reads one map of conditions or a list of alternatives.
func (p *parser) when(n *yaml.Node) []Match {
	if n.Kind == yaml.MappingNode {
		return []Match{p.match(n)}
	}
	var all []Match
	for _, item := range p.list(n) {
		all = append(all, p.match(item))
	}
	return all
}

func (p *parser) match(n *yaml.Node) Match {
	var m Match
	p.entries(n, func(k, v *yaml.Node) { m = append(m, p.condition(k.Value, v)) })
	present := func(c Condition) bool { return c.Positive() && c.Field != FileName }
	if n.Kind == yaml.MappingNode && !slices.ContainsFunc(m, present) {
		p.fail(n, "at least one condition must ask for a field to be present")
	}
	return m
}

func (p *parser) condition(field string, n *yaml.Node) Condition {
	c := Condition{Field: field}
	if n.Kind != yaml.MappingNode {
		c.Values = p.texts(n)
		return c
	}
	ops := []string{"not", "startswith", "endswith", "contains", "exists"}
	p.keys(n, ops, func(key string, _, v *yaml.Node) {
		if key == "exists" {
			c.Op = Missing
			if p.bool(v) {
				c.Op = Exists
			}
			return
		}
		c.Op = NotEquals + Op(slices.Index(ops, key))
		c.Values = p.texts(v)
	})
	if len(n.Content) != 2 {
		p.fail(n, "field %q needs exactly one of %s", field, strings.Join(ops, ", "))
	}
	return c
}

func (p *parser) field(k, n *yaml.Node) Field {
	f := Field{Name: k.Value}
	if all, ok := allOf(n); ok {
		f.All, n = true, all
	}
	if n.Kind != yaml.SequenceNode {
		f.Sources = []Source{p.source(n)}
		return f
	}
	for _, item := range p.list(n) {
		f.Sources = append(f.Sources, p.source(item))
	}
	if len(f.Sources) == 0 {
		p.fail(k, "field %q needs a source", k.Value)
	}
	return f
}

// allOf returns the list of a map {all: […]}.
func allOf(n *yaml.Node) (*yaml.Node, bool) {
	if n.Kind != yaml.MappingNode || len(n.Content) != 2 || n.Content[0].Value != "all" {
		return nil, false
	}
	return resolve(n.Content[1]), true
}

func (p *parser) taxonomy(n *yaml.Node) Taxonomy {
	var x Taxonomy
	p.keys(n, []string{"logsource", "fields", "open"}, func(key string, _, v *yaml.Node) {
		switch key {
		case "logsource":
			x.Logsource = p.logsource(v)
		case "fields":
			x.Fields = p.texts(v)
		case "open":
			x.Open = p.bool(v)
		}
	})
	slices.Sort(x.Fields)
	x.Fields = slices.Compact(x.Fields)
	return x
}

func (p *parser) unseen(n *yaml.Node) Unseen {
	var u Unseen
	p.keys(n, []string{"logsource", "reason"}, func(key string, _, v *yaml.Node) {
		if key == "reason" {
			u.Reason = p.text(v)
			return
		}
		u.Logsource = p.logsource(v)
	})
	return u
}
