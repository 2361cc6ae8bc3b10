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
