package rules

import (
	"fmt"
	"slices"
	"strings"
)

// Link resolves what documents of the set say of each other: the rules that
// correlations refer to (Correlation.Inputs) and the filters that apply to
// rules (Rule.Filters). It returns what is wrong with the references, sorted;
// a correlation with an error is marked invalid. Load has linked its set
// already; a set to which documents were added needs it, and it may be called
// again at any time.
func (s *Set) Link() Diagnostics {
	l := linker{set: s, byID: map[string][]Document{}, byName: map[string][]Document{}}
	for _, d := range s.Documents() {
		h := d.Meta()
		if h.unlinkable {
			h.Invalid, h.unlinkable = false, false
		}
		if h.ID.Text != "" {
			l.byID[h.ID.Text] = append(l.byID[h.ID.Text], d)
		}
		if h.Name.Text != "" {
			l.byName[h.Name.Text] = append(l.byName[h.Name.Text], d)
		}
	}
	for _, r := range s.Rules {
		r.Filters = nil
	}
	for _, c := range s.Correlations {
		l.correlation(c)
	}
	l.cycles()
	l.invalidInputs()
	for _, f := range s.Filters {
		l.filter(f)
	}
	s.linked = len(s.Rules) + len(s.Correlations) + len(s.Filters)
	l.diags.Sort()
	return l.diags
}

// Select returns a linked set of the documents that keep wants, what kept
// correlations refer to, and what the filters of the set say of them; s must
// be linked.
func (s *Set) Select(keep func(Document) bool) *Set {
	out := &Set{Files: s.Files}
	taken := map[Document]bool{}
	var take func(Document)
	take = func(d Document) {
		if taken[d] {
			return
		}
		taken[d] = true
		if c, ok := d.(*Correlation); ok {
			for _, in := range c.Inputs {
				take(in.Document)
			}
		}
	}
	applied := map[*Filter]bool{}
	for _, d := range s.Documents() {
		if keep(d) {
			take(d)
		}
	}
	for _, r := range s.Rules {
		if taken[r] {
			out.Rules = append(out.Rules, r)
			for _, f := range r.Filters {
				applied[f] = true
			}
		}
	}
	for _, c := range s.Correlations {
		if taken[c] {
			out.Correlations = append(out.Correlations, c)
		}
	}
	for _, f := range s.Filters {
		if applied[f] {
			out.Filters = append(out.Filters, f)
		}
	}
	out.linked = len(out.Rules) + len(out.Correlations) + len(out.Filters)
	return out
}

// Linked reports whether no document was added since the set was linked.
func (s *Set) Linked() bool {
	return s.linked == len(s.Rules)+len(s.Correlations)+len(s.Filters)
}

type linker struct {
	set    *Set
	byID   map[string][]Document
	byName map[string][]Document
	diags  Diagnostics
}

func (l *linker) report(severity Severity, code string, at Span, message, help string) {
	l.diags = append(l.diags, Diagnostic{Code: code, Severity: severity, Span: at, Message: message, Help: help})
}

// find returns the rule or correlation that ref names: an id first, then a
// name (D39). It reports what stands in the way and returns nil then.
func (l *linker) find(ref Scalar) Document {
	found := l.byID[strings.ToLower(ref.Text)]
	if len(found) == 0 {
		found = l.byName[ref.Text]
	}
	switch {
	case len(found) == 0:
		l.report(Error, "ref/unknown-rule", ref.Span, "no rule has the id or name "+quote(ref.Text), l.suggest(ref.Text))
		return nil
	case len(found) > 1:
		l.report(Error, "ref/ambiguous-rule", ref.Span, fmt.Sprintf("%d documents are called %s", len(found), quote(ref.Text)),
			"give every document its own id and name")
		return nil
	}
	if _, isFilter := found[0].(*Filter); isFilter {
		l.report(Error, "ref/not-a-rule", ref.Span, quote(ref.Text)+" is a filter", "refer to a rule or a correlation")
		return nil
	}
	return found[0]
}

func (l *linker) suggest(text string) string {
	names := make([]string, 0, len(l.byName)+len(l.byID))
	for _, known := range []map[string][]Document{l.byName, l.byID} {
		for name := range known {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, d := range l.set.Documents() {
		if d.Meta().Title.Text == text {
			return "a rule has this title; give it a name: and refer to that"
		}
	}
	if help := didYouMean(text, names); help != "" {
		return help
	}
	if len(l.set.Rules)+len(l.set.Correlations) == 0 {
		return "no rule is part of what is loaded: name the rules too, or list them under rules: of .socctl.yml"
	}
	return "check that the rule is part of what is loaded, and that it has this id or name"
}

// correlation resolves the inputs of a correlation.
func (l *linker) correlation(c *Correlation) {
	c.Inputs = nil
	errors := l.diags.Count(Error)
	refs := c.Rules
	if len(refs) == 0 && c.Expression != nil {
		refs = l.namesIn(c)
	}
	seen := map[Document]Span{}
	for _, ref := range refs {
		d := l.find(ref)
		if d == nil {
			continue
		}
		if first, twice := seen[d]; twice {
			l.diags = append(l.diags, Diagnostic{Code: "ref/duplicate-reference", Severity: Error, Span: ref.Span,
				Message: "the correlation refers to " + quote(d.Meta().Label()) + " twice", Help: "name every rule once",
				Related: []Related{{first, "first reference"}}})
			continue
		}
		seen[d] = ref.Span
		if d == Document(c) {
			l.report(Error, "ref/self", ref.Span, "the correlation refers to itself", "refer to the rules that it correlates")
			continue
		}
		l.taxonomy(&c.Header, d.Meta(), ref)
		c.Inputs = append(c.Inputs, Input{ref, d})
	}
	l.expression(c)
	l.aliases(c)
	if l.diags.Count(Error) > errors {
		c.reject()
	}
}

// reject marks a document that cannot be used because of what it refers to.
func (h *Header) reject() {
	h.unlinkable = h.unlinkable || !h.Invalid
	h.Invalid, h.Flawed = true, false
}

// taxonomy reports documents that mean different things by the same field name.
func (l *linker) taxonomy(h, other *Header, ref Scalar) {
	if mine, theirs := h.taxonomy(), other.taxonomy(); mine != theirs {
		l.report(Error, "ref/taxonomy-mismatch", ref.Span, quote(other.Label())+" has the taxonomy "+quote(theirs)+", and what refers to it "+quote(mine),
			"use one taxonomy")
	}
}

func (h *Header) taxonomy() string {
	if h.Taxonomy.Text == "" {
		return "sigma"
	}
	return h.Taxonomy.Text
}

// namesIn returns the rules that a condition names, each once, in their order,
// for a correlation that lists none (D45).
func (l *linker) namesIn(c *Correlation) []Scalar {
	var refs []Scalar
	if c.Expression.Root == nil {
		return nil
	}
	c.Expression.Root.Walk(func(e *Expr) {
		if e.Op == Ref && !slices.ContainsFunc(refs, func(s Scalar) bool { return s.Text == e.Name }) {
			refs = append(refs, Scalar{Text: e.Name, Kind: StringScalar, Span: e.Span})
		}
	})
	return refs
}

// expression checks a condition over rules: it names listed rules only, and
// all of them (D45).
func (l *linker) expression(c *Correlation) {
	if c.Expression == nil || c.Expression.Root == nil {
		return
	}
	named := map[Document]bool{}
	c.Expression.Root.Walk(func(e *Expr) {
		switch e.Op {
		case OneOf, AllOf:
			l.report(Error, "ref/not-a-rule", e.Span, "a correlation's condition names rules one by one", "write them out with and, or, not")
		case Ref:
			if in := c.Input(e.Name); in != nil {
				named[in.Document] = true
			} else if len(c.Rules) > 0 {
				l.report(Error, "ref/undefined-rule", e.Span, "the condition names "+quote(e.Name)+", which is not among the rules of the correlation", "add it to rules")
			}
		}
	})
	for _, in := range c.Inputs {
		if !named[in.Document] {
			l.report(Error, "ref/unused-rule", in.Ref.Span, "the condition does not name "+quote(in.Ref.Text), "name every rule in the condition, or list fewer rules")
		}
	}
}

// aliases reports aliases for rules that are not correlated here.
func (l *linker) aliases(c *Correlation) {
	for _, a := range c.Aliases {
		for _, f := range a.Fields {
			if c.Input(f.Rule.Text) == nil {
				l.report(Warning, "ref/alias-rule", f.Rule.Span, "the alias "+quote(a.Name.Text)+" names "+quote(f.Rule.Text)+", which the correlation does not refer to",
					"it has no effect; name one of the correlation's rules")
			}
		}
		for _, in := range c.Inputs {
			if !slices.ContainsFunc(a.Fields, func(f AliasField) bool {
				return c.Input(f.Rule.Text) != nil && c.Input(f.Rule.Text).Document == in.Document
			}) {
				l.report(Warning, "ref/alias-incomplete", a.Name.Span, "the alias "+quote(a.Name.Text)+" says nothing of "+quote(in.Ref.Text),
					"there the field "+quote(a.Name.Text)+" itself is taken")
			}
		}
	}
}

// cycles marks the correlations that depend on themselves.
func (l *linker) cycles() {
	const entered, left = 1, 2
	state := map[*Correlation]int{}
	var path []*Correlation
	var visit func(c *Correlation, ref Scalar)
	visit = func(c *Correlation, ref Scalar) {
		switch state[c] {
		case entered:
			at := slices.Index(path, c)
			var names []string
			for _, p := range path[at:] {
				names = append(names, p.Label())
				p.reject()
			}
			l.report(Error, "ref/correlation-cycle", ref.Span, "correlations refer to each other in a circle: "+strings.Join(append(names, c.Label()), " → "), "remove one of the references")
			return
		case left:
			return
		}
		state[c], path = entered, append(path, c)
		for _, in := range c.Inputs {
			if child, ok := in.Document.(*Correlation); ok {
				visit(child, in.Ref)
			}
		}
		state[c], path = left, path[:len(path)-1]
	}
	for _, c := range l.set.Correlations {
		visit(c, Scalar{})
	}
}

// invalidInputs rejects correlations over documents that have errors: what
// such a correlation would count is not known.
func (l *linker) invalidInputs() {
	for changed := true; changed; {
		changed = false
		for _, c := range l.set.Correlations {
			if c.Invalid {
				continue
			}
			for _, in := range c.Inputs {
				if in.Document.Meta().Invalid {
					l.report(Error, "ref/invalid-rule", in.Ref.Span, quote(in.Document.Meta().Label())+" has errors, so it cannot be correlated", "mend it first")
					c.reject()
					changed = true
				}
			}
		}
	}
}

// Input returns what the correlation refers to under an id or a name, nil if
// nothing.
func (c *Correlation) Input(ref string) *Input {
	for i := range c.Inputs {
		if in := &c.Inputs[i]; in.Ref.Text == ref {
			return in
		}
	}
	for i := range c.Inputs {
		if h := c.Inputs[i].Document.Meta(); h.ID.Text != "" && strings.EqualFold(h.ID.Text, ref) || h.Name.Text != "" && h.Name.Text == ref {
			return &c.Inputs[i]
		}
	}
	return nil
}
