package config

import (
	"maps"
	"slices"
	"strings"

	"github.com/socctl/socctl/rules"
)

// keys maps the keys of an object to what reads their values.
type keys map[string]func(rules.Entry)

func (k keys) names() []string { return slices.Sorted(maps.Keys(k)) }

type parser struct{ diags rules.Diagnostics }

func (p *parser) errorf(code string, at rules.Span, message, help string) {
	p.diags = append(p.diags, rules.Diagnostic{Code: code, Severity: rules.Error, Span: at, Message: message, Help: help})
}

func (p *parser) root(c *Config) keys {
	return keys{
		"rules":        func(e rules.Entry) { c.Rules = p.paths(e) },
		"tests":        func(e rules.Entry) { c.Tests = p.paths(e) },
		"placeholders": func(e rules.Entry) { c.Placeholders = p.placeholders(e) },
		"pipelines":    func(e rules.Entry) { c.Pipelines = p.paths(e) },
		"taxonomies":   func(e rules.Entry) { c.Taxonomies = p.taxonomies(e) },
		"telemetry": func(e rules.Entry) {
			c.Telemetry.Span = e.Value.Span
			p.object(e.Value, "telemetry", p.telemetry(&c.Telemetry))
		},
		"test": func(e rules.Entry) {
			c.Test.Span = e.Value.Span
			p.object(e.Value, "test", p.test(&c.Test))
		},
		"attack": func(e rules.Entry) {
			c.Attack.Span = e.Value.Span
			p.object(e.Value, "attack", p.attack(&c.Attack))
		},
		"ci": func(e rules.Entry) {
			c.CI.Span = e.Value.Span
			p.object(e.Value, "ci", p.ci(&c.CI))
		},
		"lint":      func(e rules.Entry) { c.Lint = p.section(e) },
		"budgets":   func(e rules.Entry) { c.Budgets = p.section(e) },
		"coverage":  func(e rules.Entry) { c.Coverage = p.section(e) },
		"feedback":  func(e rules.Entry) { c.Feedback = p.section(e) },
		"lifecycle": func(e rules.Entry) { c.Lifecycle = p.section(e) },
	}
}

func (p *parser) telemetry(t *Telemetry) keys {
	return keys{
		"logsource":  func(e rules.Entry) { t.Logsource = p.logsource(e) },
		"recordings": func(e rules.Entry) { t.Recordings = p.paths(e) },
		"baseline":   func(e rules.Entry) { t.Baseline = p.paths(e) },
	}
}

func (p *parser) test(t *Test) keys {
	return keys{"allow-missing-recordings": func(e rules.Entry) {
		if e.Value.Kind != rules.ScalarNode || e.Value.Scalar.Kind != rules.BoolScalar {
			p.wrongType(e, "true or false")
			return
		}
		t.AllowMissingRecordings = e.Value.Scalar.Bool()
	}}
}

func (p *parser) attack(a *Attack) keys {
	text := func(to *rules.Scalar, want string) func(rules.Entry) {
		return func(e rules.Entry) {
			if !isText(e.Value) || e.Value.Scalar.Text == "" {
				p.wrongType(e, want)
				return
			}
			*to = e.Value.Scalar
			if a.Version.Present() && a.Facts.Present() {
				p.errorf("config/attack", e.Key.Span, "attack has both a version and facts", "keep version for a release that socctl has, or facts for one that you imported")
			}
		}
	}
	return keys{"version": text(&a.Version, "a version such as 19.1"), "facts": text(&a.Facts, "a path to what socctl attack import wrote")}
}

func (p *parser) ci(c *CI) keys {
	return keys{
		"policies": func(e rules.Entry) { c.Policies = p.paths(e) },
		"pre-existing": func(e rules.Entry) {
			if !isText(e.Value) || e.Value.Scalar.Text != "advise" && e.Value.Scalar.Text != "block" {
				p.wrongType(e, "advise or block")
				return
			}
			c.PreExisting = e.Value.Scalar
		},
	}
}

// object reads a map of known keys.
func (p *parser) object(n *rules.Node, what string, known keys) {
	if n.Kind != rules.MapNode {
		p.errorf("config/wrong-type", n.Span, what+" must be a map, found "+describe(n), "")
		return
	}
	for _, e := range n.Entries {
		if read, ok := known[e.Key.Text]; ok {
			read(e)
			continue
		}
		names := known.names()
		help := "known are " + strings.Join(names, ", ")
		if near := rules.Nearest(e.Key.Text, names); near != "" {
			help = "did you mean " + near + "?"
		}
		p.errorf("config/unknown-key", e.Key.Span, what+" has no key "+e.Key.Text, help)
	}
}

// paths reads a path or a list of paths.
func (p *parser) paths(e rules.Entry) []rules.Scalar {
	nodes := []*rules.Node{e.Value}
	if e.Value.Kind == rules.ListNode {
		nodes = e.Value.Items
	}
	var out []rules.Scalar
	for _, n := range nodes {
		if !isText(n) || n.Scalar.Text == "" {
			p.errorf("config/wrong-type", n.Span, e.Key.Text+" must be a path or a list of paths, found "+describe(n), "")
			continue
		}
		out = append(out, n.Scalar)
	}
	return out
}

func (p *parser) placeholders(e rules.Entry) []Placeholder {
	if e.Value.Kind != rules.MapNode {
		p.wrongType(e, "a map of names to lists of values")
		return nil
	}
	var out []Placeholder
	for _, entry := range e.Value.Entries {
		if name := entry.Key.Text; name == "" || strings.Contains(name, "%") {
			p.errorf("config/placeholder", entry.Key.Span, "placeholder names have no percent signs", "write "+strings.Trim(name, "%"))
		}
		values := entry.Value.Items
		if isText(entry.Value) {
			values = []*rules.Node{entry.Value}
		}
		if len(values) == 0 {
			p.wrongType(entry, "a value, or a list of at least one")
			continue
		}
		placeholder := Placeholder{Name: entry.Key}
		for _, n := range values {
			if !isText(n) {
				p.errorf("config/wrong-type", n.Span, "a value of "+entry.Key.Text+" must be a string or a number, found "+describe(n), "")
				continue
			}
			placeholder.Values = append(placeholder.Values, n.Scalar)
		}
		out = append(out, placeholder)
	}
	return out
}

func (p *parser) taxonomies(e rules.Entry) []Taxonomy {
	if e.Value.Kind != rules.MapNode {
		p.wrongType(e, "a map of taxonomies to pipelines")
		return nil
	}
	var out []Taxonomy
	for _, entry := range e.Value.Entries {
		if entry.Key.Text == "sigma" {
			p.errorf("config/taxonomy", entry.Key.Span, "the taxonomy sigma needs no mapping", "write pipelines for all rules under pipelines:")
			continue
		}
		out = append(out, Taxonomy{Name: entry.Key, Pipelines: p.paths(entry)})
	}
	return out
}

func (p *parser) logsource(e rules.Entry) Logsource {
	switch {
	case isText(e.Value) && e.Value.Scalar.Text != "":
		return Logsource{Path: e.Value.Scalar, Span: e.Value.Span}
	case e.Value.Kind == rules.MapNode:
		return Logsource{Inline: e.Value, Text: inPlace(e.Value), Span: e.Value.Span}
	}
	p.wrongType(e, "the path of a table, or a table")
	return Logsource{}
}

// inPlace returns the YAML of a map such that it stands at the same line and
// column as in its file. If that is impossible because an alias leads out of
// it, the YAML starts at the first line.
func inPlace(n *rules.Node) string {
	var b strings.Builder
	for line := n.Span.Start.Line; line <= n.Span.End.Line; line++ {
		text := []rune(n.Span.File.Line(line))
		from, to := 0, len(text)
		if line == n.Span.Start.Line {
			b.WriteString(strings.Repeat("\n", line-1) + strings.Repeat(" ", n.Span.Start.Column-1))
			from = min(n.Span.Start.Column-1, len(text))
		}
		if line == n.Span.End.Line {
			to = min(n.Span.End.Column-1, len(text))
		}
		b.WriteString(string(text[from:to]) + "\n")
	}
	nodes, diags := rules.ParseNodes("", []byte(b.String()))
	if want := n.YAML(); len(diags) > 0 || len(nodes) != 1 || nodes[0].YAML() != want {
		return want
	}
	return b.String()
}

// section keeps the map of a command that checks it on its own.
func (p *parser) section(e rules.Entry) *rules.Node {
	if e.Value.Kind != rules.MapNode {
		p.wrongType(e, "a map")
		return nil
	}
	return e.Value
}

func (p *parser) wrongType(e rules.Entry, want string) {
	p.errorf("config/wrong-type", e.Value.Span, e.Key.Text+" must be "+want+", found "+describe(e.Value), "")
}

// isText reports whether a node is a string or a number.
func isText(n *rules.Node) bool {
	return n.Kind == rules.ScalarNode && n.Scalar.Kind != rules.NullScalar && n.Scalar.Kind != rules.BoolScalar
}

func describe(n *rules.Node) string {
	switch {
	case n.Kind != rules.ScalarNode:
		return "a " + n.Kind.String()
	case n.Scalar.Kind == rules.NullScalar:
		return "nothing"
	case n.Scalar.Text == "":
		return "an empty string"
	}
	return n.Scalar.Kind.String() + " " + n.Scalar.Text
}
