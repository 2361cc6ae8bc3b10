package retag

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/socctl/socctl/attack"
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

// Document is what becomes of the tags of one document.
type Document struct {
	Document rules.Document
	Moves    []Move
	// Fix holds the edits of all moves, nil if there are none.
	Fix *lint.Fix
}

// Move is a step of a migration at its place.
type Move struct {
	attack.Step
	Text string     // of the tag, "" for one that is added
	Span rules.Span // of the tag, or of the document for one that is added
}

// Asks reports whether anything is left for a person to decide.
func (d *Document) Asks() bool {
	return slices.ContainsFunc(d.Moves, func(m Move) bool { return m.Kind == attack.Ask })
}

// Plan returns what the release of facts makes of documents, which have to be
// read by rules.Parse or rules.ReadPaths. Those of which nothing is to be said
// are left out.
func Plan(docs []rules.Document, facts *attack.Facts, how attack.Rules) (out []Document) {
	for _, d := range docs {
		h := d.Meta()
		texts := make([]string, len(h.Tags))
		for i, tag := range h.Tags {
			texts[i] = tag.Text
		}
		steps := facts.Migrate(texts, how)
		if len(steps) == 0 {
			continue
		}
		edits, err := newList(h).edits(steps)
		if err != nil {
			edits, steps = nil, refused(steps, err)
		}
		plan := Document{Document: d}
		for _, s := range steps {
			m := Move{Step: s, Span: h.Span}
			if s.Tag >= 0 {
				m.Text, m.Span = texts[s.Tag], h.Tags[s.Tag].Span
			}
			plan.Moves = append(plan.Moves, m)
		}
		if len(edits) > 0 {
			plan.Fix = &lint.Fix{Message: "bring the tags to " + facts.Label(), Edits: edits}
		}
		out = append(out, plan)
	}
	return out
}

// refused turns every change into a question: a document is edited as a whole or
// not at all.
func refused(steps []attack.Step, why error) []attack.Step {
	for i := range steps {
		if s := &steps[i]; s.Kind != attack.Note && s.Kind != attack.Ask {
			s.Kind, s.Why = attack.Ask, fmt.Sprintf("%s; %v", s.Why, why)
		}
	}
	return steps
}

// Findings makes findings of what is to be edited, as a lint.Fixer takes them.
func Findings(plan []Document) (out []lint.Finding) {
	for _, d := range plan {
		if d.Fix != nil {
			out = append(out, lint.Finding{Document: d.Document, Fix: d.Fix,
				Diagnostic: rules.Diagnostic{Severity: rules.Info, Span: d.Moves[0].Span, Message: d.Fix.Message}})
		}
	}
	return out
}

// list is the list of tags of a document.
type list struct {
	tags  []rules.Scalar
	node  *rules.Node
	items []int // index into node.Items by index into tags
}

func newList(h *rules.Header) *list {
	l := &list{tags: h.Tags, node: h.Node.Get("tags")}
	for _, tag := range h.Tags {
		at := -1
		if l.node != nil {
			at = slices.IndexFunc(l.node.Items, func(n *rules.Node) bool { return n.Span == tag.Span })
		}
		l.items = append(l.items, at)
	}
	return l
}

// edits returns those of the steps. The error says why there cannot be any.
func (l *list) edits(steps []attack.Step) (edits []lint.Edit, err error) {
	with := map[int][]string{} // what a tag becomes
	var added []string
	simple, changed := true, false
	for _, s := range steps {
		switch s.Kind {
		case attack.Replace, attack.Remove:
			with[s.Tag], changed = s.With, true
			simple = simple && len(s.With) == 1
		case attack.Add:
			added, changed = append(added, s.With...), true
			simple = false
		}
	}
	if !changed {
		return nil, nil
	}
	if err := l.editable(with); err != nil {
		return nil, err
	}
	if l.brackets() && !simple {
		return l.rewrite(with, added)
	}
	for _, i := range slices.Sorted(maps.Keys(with)) {
		edit, err := l.item(i, with[i])
		if err != nil {
			return nil, err
		}
		edits = append(edits, edit...)
	}
	for _, text := range added {
		edit, ok := lint.InsertItem(l.tags[0], text)
		if !ok {
			return nil, errPlace
		}
		edits = append(edits, edit)
	}
	return edits, nil
}

var errPlace = errors.New("the tags stand where they cannot be edited without losing something: edit them by hand")

// editable reports what keeps the list from being edited.
func (l *list) editable(with map[int][]string) error {
	for i := range with {
		if l.items[i] < 0 || !l.tags[i].Span.Known() {
			return errPlace // written elsewhere, and an alias here
		}
	}
	from, to := l.node.Span.Offsets()
	for _, i := range l.items {
		if i < 0 {
			continue
		}
		if start, end := l.node.Items[i].Span.Offsets(); start < from || end > to {
			return errPlace
		}
	}
	return nil
}

func (l *list) brackets() bool { return strings.HasPrefix(l.node.Span.Text(), "[") }

// item replaces or removes a tag of a list with dashes, or replaces one in
// brackets by one.
func (l *list) item(i int, with []string) (edits []lint.Edit, err error) {
	tag := l.tags[i]
	if len(with) == 0 {
		edit, ok := lint.RemoveItem(l.node, l.items[i])
		if l.items[i] == 0 {
			edit, ok = lint.RemoveLines(l.node.Items[0].Span)
		}
		if !ok {
			return nil, errPlace
		}
		return []lint.Edit{edit}, nil
	}
	for _, text := range with[1:] {
		edit, ok := lint.InsertItem(tag, text)
		if !ok {
			return nil, errPlace
		}
		edits = append(edits, edit)
	}
	return append(edits, lint.Edit{Span: tag.At(0, len(tag.Text)), Text: with[0]}), nil
}

// rewrite writes a list in brackets anew, each tag that stays as it was written.
func (l *list) rewrite(with map[int][]string, added []string) ([]lint.Edit, error) {
	inner := l.node.Items[0].Span
	inner.End = l.node.Items[len(l.node.Items)-1].Span.End
	if strings.ContainsAny(inner.Text(), "\r\n#&*") {
		return nil, errPlace
	}
	var out []string
	for i, tag := range l.tags {
		texts, moves := with[i]
		switch written := tag.Span.Text(); {
		case !moves:
			out = append(out, written)
		case len(texts) > 0:
			start, _ := tag.Span.Offsets()
			from, to := tag.At(0, len(tag.Text)).Offsets() // without quotes, whatever is escaped
			out = append(out, written[:from-start]+texts[0]+written[to-start:])
			out = append(out, texts[1:]...)
		}
	}
	return []lint.Edit{{Span: inner, Text: strings.Join(append(out, added...), ", ")}}, nil
}
