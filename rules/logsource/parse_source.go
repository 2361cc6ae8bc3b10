package logsource

import (
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/socctl/socctl/rules"
)

// source reads a field name (a copy) or a map with from, transform, with, skip
// and table.
func (p *parser) source(n *yaml.Node) Source {
	s := Source{Transform: Copy}
	if n.Kind == yaml.ScalarNode {
		s.From = []string{p.text(n)}
		return s
	}
	known := []string{"from", "transform", "with", "skip", "table"}
	p.keys(n, known, func(key string, _, v *yaml.Node) {
		switch key {
		case "from":
			s.From = p.texts(v)
		case "transform":
			s.Transform = p.transform(v)
		case "with":
			s.With = p.text(v)
		case "skip":
			s.Skip = p.texts(v)
		case "table":
			p.entries(v, func(from, to *yaml.Node) {
				s.Table = append(s.Table, Entry{from.Value, p.text(to)})
			})
		}
	})
	p.checkSource(n, s)
	return s
}

func (p *parser) transform(n *yaml.Node) Transform {
	t := Transform(p.text(n))
	if slices.Contains(Transforms(), t) {
		return t
	}
	var names []string
	for _, known := range Transforms() {
		names = append(names, string(known))
	}
	if near := rules.Nearest(string(t), names); near != "" {
		p.fail(n, "unknown transform %q (did you mean %q?)", t, near)
	} else {
		p.fail(n, "unknown transform %q", t)
	}
	return Copy
}

func (p *parser) checkSource(n *yaml.Node, s Source) {
	switch {
	case len(s.From) == 0:
		p.fail(n, "a source needs from")
	case len(s.From) > 1 && !s.Transform.several():
		p.fail(n, "transform %s takes one field", s.Transform)
	case s.With == "" && s.Transform.needsWith():
		p.fail(n, "transform %s needs with", s.Transform)
	case s.Transform == Hashes && len(strings.Split(s.With, ",")) != len(s.From):
		p.fail(n, "transform %s needs with: one name for each field, with commas between", s.Transform)
	case s.Transform == Item && !isPlace(s.With):
		p.fail(n, "transform %s needs with: a place in the list, counted from 1", s.Transform)
	case s.Transform == Enum && s.With != "" && s.With != "only":
		p.fail(n, "transform %s takes no with but only", s.Transform)
	case (s.Transform == Enum) != (len(s.Table) > 0):
		p.fail(n, "a table belongs to transform enum, and enum needs one")
	}
}

func isPlace(text string) bool {
	n, err := strconv.Atoi(text)
	return err == nil && n > 0
}
