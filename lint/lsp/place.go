package lsp

import (
	"strings"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

// thing is what stands at a place of a document, one of its parts being set.
type thing struct {
	span rules.Span
	doc  rules.Document

	item      *rules.Item
	modifier  string
	tag       string
	pattern   *rules.Expr      // of a condition: a selection, or a pattern of several
	selection *rules.Selection // its name where it is defined
	ref       string           // id or name of another document
	self      bool             // title, id or name of the document itself
}

// thingAt returns what stands at a place, nil for nothing that is known about.
func thingAt(docs []rules.Document, p rules.Position) *thing {
	d := around(docs, p.Line)
	if d == nil {
		return nil
	}
	t := &thing{doc: d}
	subject := lint.NewSubject(d)
	if t.inHeader(subject.Header, p) || t.inDetection(subject, p) || t.inReferences(subject, p) {
		return t
	}
	return nil
}

// at remembers the span if it covers a place.
func (t *thing) at(s rules.Span, p rules.Position) bool {
	if covers(s, p) {
		t.span = s
		return true
	}
	return false
}

func (t *thing) inHeader(h *rules.Header, p rules.Position) bool {
	for _, s := range []rules.Scalar{h.Title, h.ID, h.Name} {
		if t.at(s.Span, p) {
			t.self = true
			return true
		}
	}
	for _, tag := range h.Tags {
		if t.at(tag.Span, p) {
			t.tag = tag.Text
			return true
		}
	}
	for _, r := range h.Related {
		if t.at(r.ID.Span, p) {
			t.ref = r.ID.Text
			return true
		}
	}
	return false
}

func (t *thing) inDetection(s *lint.Subject, p rules.Position) bool {
	if s.Detection == nil {
		return false
	}
	for _, c := range s.Detection.Conditions {
		if t.inCondition(c, p) {
			return true
		}
	}
	for _, selection := range s.Detection.Selections {
		if t.at(selection.Name.Span, p) {
			t.selection = selection
			return true
		}
	}
	for _, item := range s.Items() {
		if !covers(item.Key.Span, p) {
			continue
		}
		for _, m := range item.Modifiers {
			if t.at(m.Span, p) && m.Span.Start != m.Span.End && p != item.Field.Span.End {
				t.modifier = written(m)
				return true
			}
		}
		t.item, t.span = item, item.Key.Span
		if item.Field.Span.Known() {
			t.span = item.Field.Span
		}
		return true
	}
	return false
}

// written returns a modifier by the name that stands in the file.
func written(m rules.Modifier) string {
	if text := strings.TrimSpace(m.Span.Text()); rules.ModifierDoc(text) != "" {
		return text
	}
	return m.Name
}

func (t *thing) inCondition(c *rules.Condition, p rules.Position) bool {
	if c.Root == nil || !covers(c.Text.Span, p) {
		return false
	}
	found := false
	c.Root.Walk(func(e *rules.Expr) {
		if (e.Op == rules.Ref || e.Op == rules.OneOf || e.Op == rules.AllOf) && t.at(e.Span, p) {
			t.pattern, found = e, true
		}
	})
	return found
}

// inReferences looks for other documents that a correlation or a filter names.
func (t *thing) inReferences(s *lint.Subject, p rules.Position) bool {
	for _, r := range referred(s) {
		if t.at(r.Span, p) {
			t.ref = r.Text
			return true
		}
	}
	if s.Correlation == nil || s.Correlation.Expression == nil || !t.inCondition(s.Correlation.Expression, p) {
		return false
	}
	t.ref, t.pattern = t.pattern.Name, nil
	return true
}

// referred returns the ids and names by which a document refers to others, apart
// from related.
func referred(s *lint.Subject) []rules.Scalar {
	switch {
	case s.Filter != nil:
		return s.Filter.Rules
	case s.Correlation != nil:
		out := s.Correlation.Rules
		for _, a := range s.Correlation.Aliases {
			for _, f := range a.Fields {
				out = append(out[:len(out):len(out)], f.Rule)
			}
		}
		return out
	}
	return nil
}

// meant returns the selections that a reference in a condition stands for.
func meant(d rules.Document, e *rules.Expr) []*rules.Selection {
	detection := lint.NewSubject(d).Detection
	if detection == nil {
		return nil
	}
	if e.Op == rules.Ref {
		if s := detection.Selection(e.Name); s != nil {
			return []*rules.Selection{s}
		}
		return nil
	}
	return detection.Matching(e.Name)
}

// byRef returns the documents of an id or a name: those of the text first, then
// of the project.
func byRef(ref string, docs []rules.Document, in *lint.Input) []rules.Document {
	if ref == "" {
		return nil
	}
	all := docs
	if in != nil {
		all = in.Set.Documents()
	}
	for _, list := range [][]rules.Document{docs, all} {
		var out []rules.Document
		for _, d := range list {
			if h := d.Meta(); h.ID.Text == strings.ToLower(ref) || h.Name.Text == ref {
				out = append(out, d)
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	return nil
}
