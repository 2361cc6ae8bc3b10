package logsource

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/socctl/socctl/rules"
)

func (p *parser) domain(n *yaml.Node) Domain {
	d := Domain{Kind: LabelKind}
	p.keys(n, []string{"name", "kind", "is", "patterns", "also", "examples"}, func(key string, _, v *yaml.Node) {
		switch key {
		case "name":
			d.Name = p.text(v)
		case "kind":
			d.Kind = p.kind(v)
		case "is":
			d.Is = p.text(v)
		case "patterns":
			d.Patterns = p.texts(v)
		case "also":
			d.Also = p.texts(v)
		case "examples":
			d.Examples = p.texts(v)
		}
	})
	if n.Kind == yaml.MappingNode && (d.Name == "" || d.Is == "") {
		p.fail(n, "a domain needs a name, and is: a phrase that says what it is")
	}
	p.checkDomain(n, &d)
	return d
}

// checkDomain sees to it that examples and exceptions keep to the patterns.
func (p *parser) checkDomain(n *yaml.Node, d *Domain) {
	for i, e := range d.Expressions() {
		_, err := regexp.Compile(d.Patterns[i])
		if err == nil {
			_, err = regexp.Compile(e) // which is deeper by a level
		}
		if err != nil {
			p.fail(n, "domain %q: %v", d.Name, err)
			return
		}
	}
	p.checkExamples(n, d, d.Examples)
}

func (p *parser) checkExamples(n *yaml.Node, d *Domain, examples []string) {
	keeps := d.Keeps()
	for _, e := range examples {
		if !keeps(e) {
			p.fail(n, "the example %q is not %s (domain %q)", e, d.Is, d.Name)
		}
	}
}

func (p *parser) kind(n *yaml.Node) Kind {
	k := Kind(p.text(n))
	if slices.Contains(Kinds(), k) {
		return k
	}
	names := make([]string, len(Kinds()))
	for i, known := range Kinds() {
		names[i] = string(known)
	}
	p.unknown(n, "kind", string(k), names)
	return LabelKind
}

// unknown reports a word that is none of those known.
func (p *parser) unknown(n *yaml.Node, what, word string, known []string) {
	if near := rules.Nearest(word, known); near != "" {
		p.fail(n, "unknown %s %q (did you mean %q?)", what, word, near)
		return
	}
	p.fail(n, "unknown %s %q (known: %s)", what, word, strings.Join(known, ", "))
}

// fieldDefs reads one entry, which may be about several names.
func (p *parser) fieldDefs(n *yaml.Node) []FieldDef {
	var f FieldDef
	var names []string
	p.keys(n, []string{"logsource", "names", "role", "domain", "trust", "note", "examples"}, func(key string, _, v *yaml.Node) {
		switch key {
		case "logsource":
			f.Logsource = p.logsource(v)
		case "names":
			names = p.texts(v)
		case "role":
			f.Role = p.role(v)
		case "domain":
			f.Domain = p.text(v)
		case "trust":
			f.Trust = p.trust(v)
		case "note":
			f.Note = p.text(v)
		case "examples":
			f.Examples = p.texts(v)
		}
	})
	if n.Kind == yaml.MappingNode && (len(names) == 0 || f.Logsource.IsZero()) {
		p.fail(n, "an entry of fields needs names and a logsource")
	}
	out := make([]FieldDef, len(names))
	for i, name := range names {
		out[i] = f
		out[i].Name = name
	}
	return out
}

func (p *parser) trust(n *yaml.Node) Trust {
	word := p.text(n)
	if i := slices.Index(trusts, word); i >= 0 {
		return Trust(i)
	}
	p.unknown(n, "trust", word, trusts[1:])
	return Unknown
}

func (p *parser) role(n *yaml.Node) Role {
	r := Role(p.text(n))
	if slices.Contains(Roles(), r) {
		return r
	}
	names := make([]string, len(Roles()))
	for i, known := range Roles() {
		names[i] = string(known)
	}
	p.unknown(n, "role", string(r), names)
	return ""
}

func (p *parser) place(n *yaml.Node) Place {
	var place Place
	p.keys(n, []string{"path", "score", "needs"}, func(key string, _, v *yaml.Node) {
		switch key {
		case "path":
			place.Path = strings.ToLower(p.text(v))
		case "score":
			score, err := strconv.ParseFloat(p.text(v), 64)
			if err != nil || !(score >= 0 && score <= 3) {
				p.fail(v, "a score is a number from 0 to 3")
			}
			place.Score = score
		case "needs":
			place.Needs = p.text(v)
		}
	})
	if n.Kind == yaml.MappingNode && (!strings.HasSuffix(place.Path, `\`) && !strings.HasSuffix(place.Path, "/") || place.Needs == "") {
		p.fail(n, "a place needs a path that ends in a separator, and needs: what it takes to put a file there")
	}
	return place
}

// programs reads names of programs; sorted, each once.
func (p *parser) programs(n *yaml.Node) []string {
	names := p.texts(n)
	for i := range names {
		names[i] = strings.ToLower(names[i])
	}
	slices.Sort(names)
	return slices.Compact(names)
}
