// Package restatus writes a new status into rules: status, modified and related.
//
// Files are edited by position, so that comments, quotes, indentation and line ends
// stay. A document that cannot be edited so is left as it is, with the reason.
package restatus

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

// Change is what is to be written into one document.
type Change struct {
	Document rules.Document // read by rules.Parse or rules.ReadPaths
	Status   string         // "" leaves it as it is
	Day      string         // for modified, as YYYY-MM-DD; "" leaves it as it is
	Related  []Relation     // that are added, unless the document names their id already
}

// Relation is an entry of the attribute related.
type Relation struct{ ID, Type string }

// Findings makes findings of changes, as a lint.Fixer takes them. What cannot be
// edited is returned as diagnostics.
func Findings(changes []Change) (out []lint.Finding, refused rules.Diagnostics) {
	for _, c := range changes {
		h := c.Document.Meta()
		edits, err := c.edits()
		if err != nil {
			refused = append(refused, rules.Diagnostic{Code: "lifecycle/not-written", Severity: rules.Warning, Span: h.Title.Span, Message: err.Error(), Help: "edit it by hand"})
			continue
		}
		if len(edits) == 0 {
			continue
		}
		message := "status " + c.Status
		out = append(out, lint.Finding{Document: c.Document, Fix: &lint.Fix{Message: message, Edits: edits},
			Diagnostic: rules.Diagnostic{Severity: rules.Info, Span: h.Title.Span, Message: message}})
	}
	return out, refused
}

// Together returns changes without the relations of the type obsolete to rules whose own
// change cannot be written: they stay what they are.
func Together(changes []Change) (out []Change) {
	left := map[string]bool{}
	for _, c := range changes {
		if _, err := c.edits(); err != nil {
			left[c.Document.Meta().ID.Text] = true
		}
	}
	for _, c := range changes {
		c.Related = slices.DeleteFunc(slices.Clone(c.Related), func(r Relation) bool { return r.Type == "obsolete" && left[r.ID] })
		if c.Status != "" || len(c.Related) > 0 {
			out = append(out, c)
		}
	}
	return out
}

// edits returns the edits of a change; the error says why there cannot be any.
func (c *Change) edits() (out []lint.Edit, err error) {
	h := c.Document.Meta()
	if h.Node == nil || h.Title.Span.File == nil || strings.HasPrefix(h.Node.Span.Text(), "{") {
		return nil, errors.New("the document is not written as a block of lines")
	}
	add := func(e lint.Edit, err2 error) {
		out, err = append(out, e), errors.Join(err, err2)
	}
	day := "modified: " + c.Day
	switch {
	case c.Status == "" || c.Status == h.Status.Text:
	case h.Status.Present():
		add(replace(h, "status", h.Status, c.Status))
	case c.Day == "" || h.Modified.Present() || h.Date.Present():
		add(insertBelow(h, "status: "+c.Status, "title"))
	default: // both go to the same place, in one edit
		day = "status: " + c.Status + "\n" + day
	}
	switch {
	case c.Day == "" || h.Modified.Text == c.Day:
	case h.Modified.Present():
		add(replace(h, "modified", h.Modified, c.Day))
	default:
		add(insertBelow(h, day, "date", "status", "title"))
	}
	if err == nil {
		related, refused := c.related(h)
		out, err = append(out, related...), refused
	}
	if err != nil {
		return nil, err
	}
	return out, nil
}

// replace writes another value, with the quotes that are there.
func replace(h *rules.Header, key string, old rules.Scalar, with string) (lint.Edit, error) {
	at := old.At(0, len(old.Text))
	if !old.Span.Known() || !strings.EqualFold(at.Text(), old.Text) || h.Node.Get(key) == nil {
		return lint.Edit{}, fmt.Errorf("%s is not written as one plain word", key)
	}
	return lint.Edit{Span: at, Text: with}, nil
}

// insertBelow adds lines below the first of some attributes that the document has.
func insertBelow(h *rules.Header, text string, keys ...string) (lint.Edit, error) {
	for _, key := range keys {
		for i := range h.Node.Entries {
			if e := &h.Node.Entries[i]; e.Key.Text == key {
				return below(e.Key.Span, e.Value.Span, text)
			}
		}
	}
	return lint.Edit{}, errors.New("there is no attribute to write below")
}

// below adds lines below a value, indented like the line that its key stands on.
func below(key, value rules.Span, text string) (lint.Edit, error) {
	file := key.File
	line := file.Line(key.Start.Line)
	indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
	if value.File != file || value.Start.Before(key.End) || !strings.HasPrefix(line[len(indent):], key.Text()) {
		return lint.Edit{}, errors.New("an attribute stands elsewhere than its value, or behind something else")
	}
	return insertLines(file, value.End, indent, text), nil
}

// insertLines adds lines behind the one that a place is on.
func insertLines(file *rules.File, at rules.Position, indent, text string) lint.Edit {
	ending := "\n"
	if bytes.Contains(file.Source, []byte("\r\n")) {
		ending = "\r\n"
	}
	_, from := rules.Span{File: file, Start: at, End: at}.Offsets()
	source := file.Source
	end := len(source)
	first := ending
	if i := bytes.IndexByte(source[from:], '\n'); i >= 0 {
		end, first = from+i+1, ""
	}
	if from > 0 && at.Column == 1 && source[from-1] == '\n' { // a block scalar ends at the start of the next line
		end, first = from, ""
	}
	var b strings.Builder
	b.WriteString(first)
	for i, l := range strings.Split(text, "\n") {
		if i > 0 {
			b.WriteString(ending)
		}
		b.WriteString(indent + l)
	}
	if first == "" {
		b.WriteString(ending)
	}
	return lint.Edit{Span: file.Span(end, end), Text: b.String()}
}

// related adds the relations that are not there.
func (c *Change) related(h *rules.Header) ([]lint.Edit, error) {
	var lines, inline []string
	for _, r := range c.Related {
		if names(h, r.ID) {
			continue
		}
		lines = append(lines, "- id: "+r.ID, "  type: "+r.Type)
		inline = append(inline, "{id: "+r.ID+", type: "+r.Type+"}")
	}
	if len(lines) == 0 {
		return nil, nil
	}
	one := func(e lint.Edit, err error) ([]lint.Edit, error) { return []lint.Edit{e}, err }
	list := h.Node.Get("related")
	if list == nil {
		return one(insertBelow(h, "related:\n    "+strings.Join(lines, "\n    "), "id", "title"))
	}
	if list.Kind != rules.ListNode || len(list.Items) == 0 {
		return nil, errors.New("related is no list with entries")
	}
	last := list.Items[len(list.Items)-1].Span
	if last.File != h.Title.Span.File || last.Start.Before(list.Span.Start) {
		return nil, errors.New("related stands elsewhere, and is an alias here")
	}
	if strings.HasPrefix(list.Span.Text(), "[") {
		_, end := last.Offsets()
		return []lint.Edit{{Span: last.File.Span(end, end), Text: ", " + strings.Join(inline, ", ")}}, nil
	}
	line := last.File.Line(last.Start.Line)
	dash := strings.IndexByte(line, '-')
	if dash < 0 || strings.Trim(line[:dash], " ") != "" {
		return nil, errors.New("an entry of related does not begin its line")
	}
	return []lint.Edit{insertLines(last.File, last.End, line[:dash], strings.Join(lines, "\n"))}, nil
}

func names(h *rules.Header, id string) bool {
	for _, r := range h.Related {
		if strings.EqualFold(r.ID.Text, id) {
			return true
		}
	}
	return false
}
