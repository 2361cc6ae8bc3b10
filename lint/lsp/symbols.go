package lsp

import (
	"context"
	"strings"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

// maxSymbols is how many rules are found in a workspace at once.
const maxSymbols = 200

// documentSymbols returns the outline of a file: rules with their selections and
// the fields of these.
func (s *server) documentSymbols(_ context.Context, p documentParams) ([]documentSymbol, error) {
	d, err := s.document(p.TextDocument.URI)
	if err != nil {
		return nil, err
	}
	out := []documentSymbol{}
	for _, doc := range d.current() {
		out = append(out, s.symbol(lint.NewSubject(doc)))
	}
	return out, nil
}

func (s *server) symbol(subject *lint.Subject) documentSymbol {
	h := subject.Header
	whole := s.enc.span(h.Span)
	out := s.part(h.Label(), subject.Kind(), symbolClass, whole, subject.Place())
	if h.Status.Text == "deprecated" {
		out.Tags = []int{1}
	}
	if subject.Detection != nil {
		for _, sel := range subject.Detection.Selections {
			child := s.part(sel.Name.Text, "selection", symbolObject, s.enc.span(sel.Span), sel.Name.Span)
			child.Children = s.items(sel.Body)
			out.Children = append(out.Children, child)
		}
		for _, c := range subject.Detection.Conditions {
			out.Children = append(out.Children, s.part("condition", c.Text.Text, symbolBoolean, s.enc.span(c.Text.Span), c.Text.Span))
		}
	}
	if c := subject.Correlation; c != nil && c.Type.Text != "" {
		out.Children = append(out.Children, s.part(c.Type.Text, "correlation", symbolFunction, s.enc.span(c.Type.Span), c.Type.Span))
	}
	return out
}

// part returns a symbol whose name lies within its range, as clients demand.
func (s *server) part(name, detail string, kind int, whole span, at rules.Span) documentSymbol {
	place := s.enc.span(at)
	if comparePositions(place.Start, whole.Start) < 0 || comparePositions(whole.End, place.End) < 0 {
		place = whole
	}
	if strings.TrimSpace(name) == "" {
		name = "(without a name)"
	}
	return documentSymbol{Name: name, Detail: detail, Kind: kind, Range: whole, SelectionRange: place}
}

func (s *server) items(b *rules.Block) []documentSymbol {
	if b == nil {
		return nil
	}
	var out []documentSymbol
	for _, i := range b.Items {
		if !i.Keywords() {
			out = append(out, s.part(i.Key.Text, "", symbolField, s.enc.span(i.Span), i.Key.Span))
		}
	}
	for _, inner := range b.Any {
		out = append(out, s.items(inner)...)
	}
	return out
}

// workspaceSymbols finds rules by a part of their title, or by id or name.
func (s *server) workspaceSymbols(_ context.Context, p struct {
	Query string `json:"query"`
}) ([]workspaceSymbol, error) {
	query := strings.ToLower(p.Query)
	out := []workspaceSymbol{}
	for _, in := range s.inputs() {
		for _, d := range in.Set.Documents() {
			h := d.Meta()
			if !strings.Contains(strings.ToLower(h.Title.Text), query) && !strings.HasPrefix(h.ID.Text, query) && !strings.HasPrefix(h.Name.Text, p.Query) {
				continue
			}
			if len(out) == maxSymbols {
				return out, nil
			}
			subject := lint.NewSubject(d)
			out = append(out, workspaceSymbol{h.Label(), symbolClass, s.shown(h.Span.Path()), s.location(subject.Place())})
		}
	}
	return out, nil
}

// inputs returns all projects that were read.
func (s *server) inputs() []*lint.Input {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []*lint.Input
	for _, t := range s.trees {
		out = append(out, t.in)
	}
	return out
}
