package policy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

// members are what a finding may consist of.
var members = []string{"at", "document", "fix", "help", "message", "related"}

// report turns what the check returned into a finding. What is wrong with its
// form becomes a finding on the check itself; the rest is reported all the same.
func (e *evaluation) report(p *lint.Pass, value any) {
	object, isObject := value.(map[string]any)
	message, _ := object["message"].(string)
	switch {
	case !isObject:
		e.malformed(p, "the check reports something that is no finding", `a finding is an object with a message, and "at" with a node`)
		return
	case strings.TrimSpace(message) == "":
		e.malformed(p, "the check reports a finding without a message", `a finding is an object with a message, and "at" with a node`)
		return
	}
	subject := e.subject(p, object)
	if subject == nil {
		return
	}
	for name := range object {
		if !slices.Contains(members, name) {
			e.malformed(p, fmt.Sprintf("a finding has no member %q", name), "known are "+strings.Join(members, ", "))
		}
	}
	help, _ := object["help"].(string)
	f := p.ReportOn(subject, e.place(p, subject, object["at"]), oneLine(message), oneLine(help))
	if related, ok := object["related"].([]any); ok {
		for _, r := range related {
			o, _ := r.(map[string]any)
			text, _ := o["message"].(string)
			f.Also(e.place(p, subject, o["at"]), oneLine(text))
		}
	}
	if fix, ok := object["fix"]; ok {
		e.offerFix(p, f, subject, fix)
	}
}

// malformed complains about the form of what the check reports.
func (e *evaluation) malformed(p *lint.Pass, message, help string) {
	at := e.source.module.RuleSet("report")[0].Location
	e.complain(p, e.source.span(at.Row, at.Col), message, help)
}

// subject is the document that a finding is about: that of the pass, or in
// checks of scope corpus the one that the finding names by its path and line.
// It is nil if there is none.
func (e *evaluation) subject(p *lint.Pass, finding map[string]any) *lint.Subject {
	if p.Subject != nil {
		return p.Subject
	}
	name, _ := finding["document"].(string)
	for _, s := range p.Corpus.Subjects {
		if documentName(s) == name {
			return s
		}
	}
	e.malformed(p, fmt.Sprintf("there is no document %q to report a finding on", name), `document is name of one of input.documents: doc["$"].name`)
	return nil
}

// place is where a finding stands: at a node, at a location, or at the title.
func (e *evaluation) place(p *lint.Pass, s *lint.Subject, at any) rules.Span {
	if at == nil {
		return s.Place()
	}
	span, ok := place(s, at)
	if !ok {
		e.malformed(p, "at is no place in the document that the finding is about", "at is a node of the document, or the location of one")
		return s.Place()
	}
	return span
}

// offerFix adds the fix of a finding, if its edits can be made.
func (e *evaluation) offerFix(p *lint.Pass, f *lint.Finding, s *lint.Subject, value any) {
	const help = "a fix is {message, edits}, edits a list of {at, text}, with places that do not overlap"
	fix, _ := value.(map[string]any)
	message, _ := fix["message"].(string)
	list, ok := fix["edits"].([]any)
	edits := make([]lint.Edit, len(list))
	for i, v := range list {
		edit, _ := v.(map[string]any)
		span, isPlace := place(s, edit["at"])
		text, isText := edit["text"].(string)
		ok = ok && isPlace && isText
		edits[i] = lint.Edit{Span: span, Text: text}
	}
	switch {
	case !ok:
		e.malformed(p, "the fix of a finding has not the form of one", help)
	case overlap(edits):
		e.malformed(p, "the edits of a fix overlap", help)
	default:
		f.FixBy(oneLine(message), edits...)
	}
}

func overlap(edits []lint.Edit) bool {
	sorted := slices.SortedFunc(slices.Values(edits), func(a, b lint.Edit) int {
		return cmp.Or(cmp.Compare(a.Span.Start.Line, b.Span.Start.Line), cmp.Compare(a.Span.Start.Column, b.Span.Start.Column))
	})
	for i := 1; i < len(sorted); i++ {
		if sorted[i].Span.Start.Before(sorted[i-1].Span.End) {
			return true
		}
	}
	return false
}

// place reads a location, or the location of a node. It must lie in the file.
func place(s *lint.Subject, at any) (rules.Span, bool) {
	if node, ok := at.(map[string]any); ok {
		at = node["location"]
	}
	text, ok := at.(string)
	if !ok || s.Header.Span.File == nil {
		return rules.Span{}, false
	}
	span := rules.Span{File: s.Header.Span.File}
	n, err := fmt.Sscanf(text, "%d:%d:%d:%d", &span.Start.Line, &span.Start.Column, &span.End.Line, &span.End.Column)
	return span, err == nil && n == 4 && exists(span.File, span.Start) && exists(span.File, span.End) && !span.End.Before(span.Start)
}

// exists reports whether a file has a place; the end of a line is one.
func exists(f *rules.File, at rules.Position) bool {
	return at.Line > 0 && at.Line <= f.Lines() && at.Column > 0 && at.Column <= len([]rune(f.Line(at.Line)))+1
}
