package lsp

import (
	"bytes"
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/layout"
)

// Kinds of code actions.
const (
	quickFix = "quickfix"
	fixAll   = "source.fixAll.socctl"
)

// codeActions offers what can be done about the findings of a range: fixes that
// keep the meaning of the file, and to ignore them; and all fixes of the file.
func (s *server) codeActions(ctx context.Context, p actionParams) ([]codeAction, error) {
	s.settled(ctx.Done())
	d, err := s.document(p.TextDocument.URI)
	if err != nil {
		return nil, err
	}
	findings := s.findings(d)
	actions := []codeAction{}
	if wants(p.Context.Only, quickFix) {
		for i := range findings {
			if f := &findings[i]; touches(s.enc.span(f.Span), p.Range) {
				actions = append(actions, s.fix(d, f)...)
				actions = append(actions, s.ignore(d, f)...)
			}
		}
	}
	if wants(p.Context.Only, fixAll) {
		actions = append(actions, s.fixAll(d, findings)...)
	}
	return actions, nil
}

// wants reports whether a client that asks only for some kinds gets this one.
func wants(only []string, kind string) bool {
	return len(only) == 0 || slices.ContainsFunc(only, func(o string) bool { return kind == o || strings.HasPrefix(kind, o+".") })
}

func touches(a, b span) bool {
	return comparePositions(a.Start, b.End) <= 0 && comparePositions(b.Start, a.End) <= 0
}

func (s *server) fixer(d *document) lint.Fixer {
	setup, _ := s.knowledge(d.path)
	return lint.Fixer{Compile: compiler.Options{Placeholders: setup.options.Placeholders}}
}

// fix offers the fix of a finding, if it keeps the meaning of the file.
func (s *server) fix(d *document, found *lint.Finding) []codeAction {
	f := *found
	if f.Fix == nil {
		f.Fix = suggested(found)
	}
	if f.Fix == nil || f.Fix.Edits[0].Span.Path() != d.path {
		return nil
	}
	for _, r := range s.fixer(d).Fix([]lint.Finding{f}) {
		if len(r.Applied) == 1 {
			return []codeAction{{Title: f.Fix.Message, Kind: quickFix, IsPreferred: true,
				Diagnostics: []diagnostic{s.diagnostic(found)}, Edit: s.edits(d, f.Fix.Edits)}}
		}
	}
	return nil
}

var meantWord = regexp.MustCompile(`did you mean "?([^"?]+)"?\?`)

// suggested makes a fix of the word that was probably meant in place of the one
// that a finding is about; nil without any. It is for one finding at a time: a
// person decides.
func suggested(f *lint.Finding) *lint.Fix {
	m := meantWord.FindStringSubmatch(f.Help)
	if m == nil || rules.Nearest(strings.Trim(f.Span.Text(), `'"`), m[1:]) == "" {
		return nil
	}
	return &lint.Fix{Message: "write " + m[1], Edits: []lint.Edit{{Span: f.Span, Text: m[1]}}}
}

// edits returns edits of lint as the client applies them.
func (s *server) edits(d *document, edits []lint.Edit) *workspaceEdit {
	out := make([]textEdit, len(edits))
	for i, e := range edits {
		out[i] = textEdit{s.enc.span(e.Span), e.Text}
	}
	return editOf(d, out...)
}

func editOf(d *document, edits ...textEdit) *workspaceEdit {
	return &workspaceEdit{[]documentEdit{{versionedDocument{d.uri, &d.version}, edits}}}
}

// fixAll offers all fixes of a file as one.
func (s *server) fixAll(d *document, findings []lint.Finding) []codeAction {
	own := slices.DeleteFunc(slices.Clone(findings), func(f lint.Finding) bool { return f.Fix == nil || f.Fix.Edits[0].Span.Path() != d.path })
	for _, r := range s.fixer(d).Fix(own) {
		if edit := s.replacement(d, r.After); edit != nil {
			return []codeAction{{Title: "Fix all in this file", Kind: fixAll, Edit: editOf(d, *edit)}}
		}
	}
	return nil
}

// replacement returns the edit that makes a text of a document, over no more
// lines than differ; nil if none does.
func (s *server) replacement(d *document, after []byte) *textEdit {
	before := d.file.Source
	if bytes.Equal(before, after) {
		return nil
	}
	from := commonLines(before, after)
	before, after = before[from:], after[from:]
	tail := commonTail(before, after)
	to := from + len(before) - tail
	text := string(after[:len(after)-tail])
	if from == 0 && bytes.HasPrefix(d.text, byteOrderMark) {
		text = string(byteOrderMark) + text // what stands at the very beginning is replaced, too
	}
	return &textEdit{s.enc.span(d.file.Span(from, to)), text}
}

// commonLines returns the length of the whole lines with which both begin.
func commonLines(a, b []byte) int {
	n := 0
	for {
		i := bytes.IndexByte(a[n:], '\n')
		if i < 0 || !bytes.HasPrefix(b[n:], a[n:n+i+1]) {
			return n
		}
		n += i + 1
	}
}

// commonTail returns the length of the whole lines with which both end.
func commonTail(a, b []byte) int {
	n := 0
	for {
		i := bytes.LastIndexByte(a[:max(0, len(a)-n-1)], '\n')
		if i < 0 || !bytes.HasSuffix(b, a[i+1:]) || len(b) == len(a)-i-1 && i >= 0 {
			return n
		}
		n = len(a) - i - 1
	}
}

// ofLayout are checks of what a comment changes itself; formatting puts it right.
var ofLayout = []string{"style/indent", "style/trailing-space"}

// ignore offers to ignore a finding by a comment, whose reason is left to write.
func (s *server) ignore(d *document, f *lint.Finding) []codeAction {
	setup, _ := s.knowledge(d.path)
	check := setup.known.Find(f.Code)
	if check == nil || check.Fixed || !f.Span.Known() || f.Document == nil || check.Group() == "ignore" || slices.Contains(ofLayout, check.Name) {
		return nil
	}
	edit := s.ignoreEdit(d, f)
	if edit == nil {
		return nil
	}
	return []codeAction{{Title: "Ignore " + f.Code + " here, with a reason", Kind: quickFix, Diagnostics: []diagnostic{s.diagnostic(f)}, Edit: editOf(d, *edit)}}
}

// ignoreEdit inserts a comment in front of the line of a finding, with its
// indentation. A line within a scalar of several lines has no such place: there
// the comment stands in front of the entry that holds the scalar. On the first
// line of a document a comment of its own would hold for all of it, so there it
// is put behind.
func (s *server) ignoreEdit(d *document, f *lint.Finding) *textEdit {
	line := entryLine(f.Document.Meta().Node, f.Span.Start.Line)
	if line == 0 {
		return nil
	}
	text := d.file.Line(line)
	comment := "# socctl:ignore " + f.Code + " -- "
	if line == firstLine(f.Document.Meta()) {
		if strings.Contains(text, " #") || endsOpen(text) {
			return nil
		}
		end := lineStart(d.file, line) + len(text)
		return &textEdit{s.enc.span(d.file.Span(end, end)), "   " + comment}
	}
	at := lineStart(d.file, line)
	indent := text[:len(text)-len(strings.TrimLeft(text, " "))]
	return &textEdit{s.enc.span(d.file.Span(at, at)), indent + comment + lineEnd(d.file)}
}

// endsOpen reports whether more of a value follows on the next line, where a
// comment behind the first one would be part of it.
func endsOpen(text string) bool {
	text = strings.TrimRight(text, " ")
	return strings.HasSuffix(text, "|") || strings.HasSuffix(text, ">") || strings.HasSuffix(text, "|-") || strings.HasSuffix(text, ">-")
}

func lineEnd(f *rules.File) string {
	if bytes.Contains(f.Source, []byte("\r\n")) {
		return "\r\n"
	}
	return "\n"
}

// entryLine returns the line on which the innermost entry that holds a line
// begins, 0 if none does.
func entryLine(n *rules.Node, line int) int {
	if n == nil {
		return 0
	}
	best := 0
	for _, e := range n.Entries {
		end := max(e.Key.Span.End.Line, e.Value.Span.End.Line)
		if e.Key.Span.Start.Line <= line && line <= end {
			best = max(e.Key.Span.Start.Line, entryLine(e.Value, line))
		}
	}
	for _, item := range n.Items {
		if item.Span.Start.Line <= line && line <= item.Span.End.Line {
			best = max(item.Span.Start.Line, entryLine(item, line))
		}
	}
	return best
}

// format brings a document into the layout of socctl fmt.
func (s *server) format(_ context.Context, p documentParams) ([]textEdit, error) {
	d, err := s.document(p.TextDocument.URI)
	if err != nil {
		return nil, err
	}
	after, err := layout.Format(d.path, d.file.Source)
	if err != nil {
		s.show(messageWarning, "not formatted: %v", err)
		return nil, nil
	}
	if edit := s.replacement(d, after); edit != nil {
		return []textEdit{*edit}, nil
	}
	return nil, nil
}
