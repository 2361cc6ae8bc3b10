package logic

import (
	"strings"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/lint/proof"
	"github.com/socctl/socctl/rules"
)

// alternative returns the edits that remove a map of a list; none where that would
// lose a comment.
func alternative(p *lint.Pass, part *proof.Part) []lint.Edit {
	entry := p.Entry("detection")
	if entry == nil || !part.Span().Known() {
		return nil
	}
	at := mapAround(entry.Value, part.Span())
	if !at.Known() || commented(at) {
		return nil
	}
	return lint.EditsOf(lint.RemoveValue(entry.Value, at))
}

// mapAround returns the place of the smallest map of a list that holds a place.
func mapAround(n *rules.Node, at rules.Span) rules.Span {
	var out rules.Span
	for _, item := range n.Items {
		if item.Kind == rules.MapNode && !at.Start.Before(item.Span.Start) && !item.Span.End.Before(at.End) {
			out = item.Span
		}
		if inner := mapAround(item, at); inner.Known() {
			out = inner
		}
	}
	for _, e := range n.Entries {
		if inner := mapAround(e.Value, at); inner.Known() {
			out = inner
		}
	}
	return out
}

// commented reports whether a comment may stand in a region.
func commented(at rules.Span) bool {
	for line := range strings.Lines(at.Text()) {
		if text := strings.TrimSpace(line); strings.HasPrefix(text, "#") || strings.Contains(text, " #") {
			return true
		}
	}
	return false
}

// merging returns the edits that remove a selection of which another one means the
// same, and its name from the condition; none where that cannot be done. Patterns
// need no edit.
func merging(p *lint.Pass, part *proof.Part) []lint.Edit {
	if part.Selection == nil || p.Detection == nil {
		return nil
	}
	name := part.Selection.Name
	entry := p.Entry("detection")
	var edits []lint.Edit
	for _, e := range entry.Value.Entries {
		if e.Key.Span != name.Span {
			continue
		}
		edit, ok := lint.RemoveEntry(&e)
		if !ok || commented(edit.Span) {
			return nil
		}
		edits = append(edits, edit)
	}
	for _, c := range p.Detection.Conditions {
		if c.Root == nil {
			return nil
		}
		c.Root.Walk(func(e *rules.Expr) {
			for i, arg := range e.Args {
				if arg.Op != rules.Ref || arg.Name != name.Text || e.Op == rules.Not {
					continue
				}
				at := arg.Span
				if i > 0 {
					at.Start = e.Args[i-1].Span.End
				} else {
					at.End = e.Args[1].Span.Start
				}
				edits = append(edits, lint.Edit{Span: at})
			}
		})
	}
	return edits
}
