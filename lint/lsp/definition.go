package lsp

import (
	"context"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

// definition returns where what stands at a place is defined: the selections of
// a condition, or the documents that a reference names.
func (s *server) definition(_ context.Context, p at) ([]location, error) {
	d, err := s.document(p.TextDocument.URI)
	if err != nil {
		return nil, err
	}
	out := []location{}
	_, in := s.knowledge(d.path)
	place := s.enc.place(d.file, p.Position)
	if t := s.testThingAt(d, place, in); t != nil {
		return s.testPlaces(t), nil
	}
	t := thingAt(d.current(), place)
	switch {
	case t == nil:
	case t.pattern != nil:
		for _, sel := range meant(t.doc, t.pattern) {
			out = append(out, s.location(sel.Name.Span))
		}
	case t.ref != "":
		for _, other := range byRef(t.ref, d.current(), in) {
			out = append(out, s.location(lint.NewSubject(other).Place()))
		}
	}
	return out, nil
}

// references returns the other direction: the conditions that use a selection,
// and the correlations, filters and rules that name a document.
func (s *server) references(_ context.Context, p at) ([]location, error) {
	d, err := s.document(p.TextDocument.URI)
	if err != nil {
		return nil, err
	}
	t := thingAt(d.current(), s.enc.place(d.file, p.Position))
	var places []rules.Span
	switch {
	case t == nil:
	case t.selection != nil:
		places = uses(t.doc, t.selection)
	case t.pattern != nil:
		for _, sel := range meant(t.doc, t.pattern) {
			places = append(places, uses(t.doc, sel)...)
		}
	case t.self, t.ref != "":
		places = s.mentions(d, t)
	}
	out := []location{}
	seen := map[rules.Span]bool{}
	for _, at := range places {
		if !seen[at] {
			seen[at] = true
			out = append(out, s.location(at))
		}
	}
	return out, nil
}

// uses returns the places of the conditions that mean a selection.
func uses(d rules.Document, sel *rules.Selection) []rules.Span {
	var out []rules.Span
	for _, c := range lint.NewSubject(d).Detection.Conditions {
		if c.Root == nil {
			continue
		}
		c.Root.Walk(func(e *rules.Expr) {
			if e.Op != rules.Ref && e.Op != rules.OneOf && e.Op != rules.AllOf {
				return
			}
			for _, m := range meant(d, e) {
				if m == sel {
					out = append(out, e.Span)
				}
			}
		})
	}
	return out
}

// mentions returns the places at which documents name the one that a thing is,
// or names.
func (s *server) mentions(d *document, t *thing) []rules.Span {
	_, in := s.knowledge(d.path)
	targets := []rules.Document{t.doc}
	if t.ref != "" {
		targets = byRef(t.ref, d.current(), in)
	}
	docs := d.current()
	if in != nil {
		docs = in.Set.Documents()
	}
	var out []rules.Span
	for _, other := range docs {
		for _, r := range allReferred(other) {
			for _, target := range targets {
				if h := target.Meta(); r.Text != "" && (r.Text == h.ID.Text || r.Text == h.Name.Text) {
					out = append(out, r.Span)
				}
			}
		}
	}
	return out
}

// allReferred returns all ids and names by which a document refers to others.
func allReferred(d rules.Document) []rules.Scalar {
	out := referred(lint.NewSubject(d))
	out = out[:len(out):len(out)]
	for _, r := range d.Meta().Related {
		out = append(out, r.ID)
	}
	return out
}
