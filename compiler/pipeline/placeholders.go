package pipeline

import (
	"regexp"
	"slices"
	"strings"

	"github.com/socctl/socctl/rules"
)

// maxExpansions bounds what the placeholders of one value may become.
const maxExpansions = 10_000

// placeholders says which placeholders a transformation is about.
type placeholders struct{ include, exclude []string }

func (ps *params) placeholders() placeholders {
	out := placeholders{textsOrNil(ps, "include"), textsOrNil(ps, "exclude")}
	if out.include != nil && out.exclude != nil {
		ps.errorf("pipeline/invalid-value", ps.node.Get("exclude").Span, "include and exclude cannot be given both", "remove one")
	}
	return out
}

func textsOrNil(ps *params, key string) []string {
	if n := ps.get(key); n == nil || isNull(n) {
		return nil
	}
	return textsOf(ps.texts(key))
}

func (p placeholders) means(name string) bool {
	return (p.include == nil || slices.Contains(p.include, name)) && (p.exclude == nil || !slices.Contains(p.exclude, name))
}

// replaced returns a transformation that puts texts in the place of placeholders.
func (p placeholders) replaced(texts func(r *run, v value, name string) ([]text, bool)) transformation {
	return valueChange{func(r *run, _ *item, v value) ([]value, bool) {
		if v.kind != textValue && v.kind != regexValue || !slices.ContainsFunc(v.text, func(pt part) bool { return pt.kind == placeholder && p.means(pt.text) }) {
			return nil, false
		}
		expanded := []text{nil}
		for _, pt := range v.text {
			choices := []text{{pt}}
			if pt.kind == placeholder && p.means(pt.text) {
				var ok bool
				if choices, ok = texts(r, v, pt.text); !ok {
					return nil, false
				}
			}
			if expanded = combine(expanded, choices); expanded == nil || !r.grow(len(expanded)/100, 0) {
				r.errorf("pipeline/limit", v.scalar.Span, "the placeholders expand to too many values", "split the value")
				return nil, false
			}
		}
		var out []value
		for _, t := range expanded {
			if v.kind == regexValue {
				out = append(out, v.expandRegex(t))
			} else {
				out = append(out, v.changeText(t))
			}
		}
		return out, true
	}}
}

func combine(prefixes, choices []text) []text {
	if len(prefixes)*len(choices) > maxExpansions {
		return nil
	}
	out := make([]text, 0, len(prefixes)*len(choices))
	for _, prefix := range prefixes {
		for _, choice := range choices {
			t := slices.Clone(prefix)
			for _, pt := range choice {
				t.push(pt)
			}
			out = append(out, t)
		}
	}
	return out
}

// expandRegex puts a text into a regular expression. What stands for a
// placeholder means there what it means in a string, not what its characters
// would mean in a regular expression.
func (v value) expandRegex(t text) value {
	var b strings.Builder
	for i, p := range t {
		switch {
		case p.kind == anyRun:
			b.WriteString("(?s:.*)")
		case p.kind == anyOne:
			b.WriteString("(?s:.)")
		case p.kind == placeholder:
			b.WriteString("%" + p.text + "%")
		case i >= 0:
			b.WriteString(p.text)
		}
	}
	v.scalar.Text = b.String()
	if !t.has(placeholder) {
		v.text = nil
		v.modifiers = slices.DeleteFunc(slices.Clone(v.modifiers), func(m string) bool { return m == "expand" })
	} else {
		v.text = t
	}
	return v
}

func parseWildcardPlaceholders(ps *params) transformation {
	return ps.placeholders().replaced(func(*run, value, string) ([]text, bool) { return []text{{{kind: anyRun}}}, true })
}

func parseValuePlaceholders(ps *params) transformation {
	return ps.placeholders().replaced(func(r *run, v value, name string) ([]text, bool) {
		values, ok := r.variable(v, name)
		var out []text
		for _, s := range values {
			written := s.Text
			if s.Kind != rules.StringScalar {
				written = numberText(s)
			}
			t := parseText(written)
			if v.kind == regexValue {
				t = t.mapLiterals(regexp.QuoteMeta)
			}
			out = append(out, t)
		}
		return out, ok
	})
}

// variable returns the values of a variable of the pipeline; it reports if
// there are none.
func (r *run) variable(v value, name string) ([]rules.Scalar, bool) {
	n, ok := r.vars[name]
	if given := r.placeholders[name]; !ok && len(given) > 0 {
		out := make([]rules.Scalar, len(given))
		for i, s := range given {
			out[i] = rules.NewScalar(s)
		}
		return out, true
	}
	if !ok {
		at := placeOf(v.scalar, name)
		if r.told[at] { // by another rule with the same filter
			r.failed = true
			return nil, false
		}
		r.told[at] = true
		r.errorf("pipeline/placeholder", at, "the pipeline has no variable "+name+" for %"+name+"%", "add it under vars of the pipeline, or under placeholders of .socctl.yml")
		return nil, false
	}
	nodes := []*rules.Node{n}
	if n.Kind == rules.ListNode {
		nodes = n.Items
	}
	var out []rules.Scalar
	for _, n := range nodes {
		if n.Kind != rules.ScalarNode || n.Scalar.Kind == rules.NullScalar || n.Scalar.Kind == rules.BoolScalar {
			r.errorf("pipeline/placeholder", n.Span, "a value of the variable "+name+" must be a string or a number, found "+describe(n), "")
			return nil, false
		}
		out = append(out, n.Scalar)
	}
	if len(out) == 0 {
		r.errorf("pipeline/placeholder", n.Span, "the variable "+name+" has no values", "list at least one")
	}
	return out, len(out) > 0
}

// placeOf returns the place of the first placeholder of a name in a value, or of
// the whole value if it is not written there.
func placeOf(v rules.Scalar, name string) rules.Span {
	written := "%" + name + "%"
	for from := 0; ; {
		at := strings.Index(v.Text[from:], written)
		if at < 0 {
			return v.Span
		}
		if from += at; from == 0 || v.Text[from-1] != '\\' {
			return v.At(from, from+len(written))
		}
		from++
	}
}

// known notes the placeholders for which the pipeline has values in a rule and its
// filters that are left as they were, because the rule has other errors.
func (r *run) known(rule *rules.Rule) {
	detections := []*rules.Detection{&rule.Detection}
	for _, f := range rule.Filters {
		detections = append(detections, &f.Detection)
	}
	for _, d := range detections {
		part := detectionPart{detection: d}
		part.open()
		for _, s := range part.selections {
			s.root.items(r.knownOf)
		}
	}
}

func (r *run) knownOf(it *item) {
	for _, v := range it.values {
		for _, p := range v.text {
			if _, ok := r.vars[p.text]; ok && p.kind == placeholder {
				r.told[placeOf(v.scalar, p.text)] = true
			}
		}
	}
}
