package logic

import (
	"bytes"
	"strings"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

// removing returns the edits that remove a selection, with the comment lines directly
// above it. What its comments say moves above the selection that stays, or if that is
// nil keeps the selection from being removed. It returns false where that cannot be done.
func removing(p *lint.Pass, drop, keep *rules.Selection) ([]lint.Edit, bool) {
	entry := p.Entry("detection")
	if entry == nil || p.Detection == nil {
		return nil, false
	}
	for i := range entry.Value.Entries {
		e := &entry.Value.Entries[i]
		if e.Key.Span != drop.Name.Span {
			continue
		}
		at, ok := block(e)
		if !ok {
			edit, ok := lint.RemoveEntry(e)
			return []lint.Edit{edit}, ok && !commented(edit.Span)
		}
		comments := commentsIn(at, e)
		edits := []lint.Edit{{Span: at}}
		switch {
		case len(comments) == 0:
			return edits, true
		case keep == nil:
			return nil, false
		}
		moved, ok := above(keep, comments)
		return append(edits, moved...), ok
	}
	return nil, false
}

// block returns the lines of a selection, and those of comments directly above it;
// false if anything else stands on them.
func block(e *rules.Entry) (rules.Span, bool) {
	file := e.Key.Span.File
	if file == nil || e.Value.Span.File != file || e.Value.Span.Start.Before(e.Key.Span.End) {
		return rules.Span{}, false
	}
	source := file.Source
	from, _ := e.Key.Span.Offsets()
	_, to := e.Value.Span.Offsets()
	start := bytes.LastIndexByte(source[:from], '\n') + 1
	indent := string(source[start:from])
	if strings.Trim(indent, " ") != "" {
		return rules.Span{}, false
	}
	end := lineEnd(source, to)
	if rest := strings.TrimSpace(string(source[to:end])); rest != "" && !strings.HasPrefix(rest, "#") {
		return rules.Span{}, false
	}
	for start > 0 {
		previous := bytes.LastIndexByte(source[:start-1], '\n') + 1
		if !strings.HasPrefix(string(source[previous:start]), indent+"#") {
			break
		}
		start = previous
	}
	return file.Span(start, end), true
}

// lineEnd returns where the line behind an offset begins.
func lineEnd(source []byte, at int) int {
	if i := bytes.IndexByte(source[at:], '\n'); i >= 0 {
		return at + i + 1
	}
	return len(source)
}

// commentsIn returns the comments within a place, which is all of an entry, each from
// its # on.
func commentsIn(at rules.Span, e *rules.Entry) []string {
	source := at.File.Source
	from, to := at.Offsets()
	text := bytes.Clone(source[from:to])
	blank := func(s rules.Span) { // a # within a scalar is none of a comment
		if s.File != at.File || !s.Known() {
			return
		}
		a, b := s.Offsets()
		for i := max(a, from); i < min(b, to); i++ {
			if text[i-from] == '#' {
				text[i-from] = 'x'
			}
		}
	}
	blank(e.Key.Span)
	eachScalar(e.Value, blank)
	var out []string
	for at := 0; at < len(text); at = lineEnd(text, at) {
		line := text[at:lineEnd(text, at)]
		i := bytes.IndexByte(line, '#')
		if i < 0 || i > 0 && line[i-1] != ' ' && line[i-1] != '\t' {
			continue
		}
		out = append(out, strings.TrimSpace(string(source[from+at+i:from+at+len(line)])))
	}
	return out
}

func eachScalar(n *rules.Node, visit func(rules.Span)) {
	if n.Kind == rules.ScalarNode {
		visit(n.Span)
	}
	for _, item := range n.Items {
		eachScalar(item, visit)
	}
	for _, e := range n.Entries {
		visit(e.Key.Span)
		eachScalar(e.Value, visit)
	}
}

// above returns an edit that writes comments above a selection, without those that
// stand above it already.
func above(keep *rules.Selection, comments []string) ([]lint.Edit, bool) {
	at := keep.Name.Span
	if at.File == nil {
		return nil, false
	}
	source := at.File.Source
	from, _ := at.Offsets()
	start := bytes.LastIndexByte(source[:from], '\n') + 1
	indent := string(source[start:from])
	if strings.Trim(indent, " ") != "" {
		return nil, false
	}
	end := "\n"
	if bytes.Contains(source, []byte("\r\n")) {
		end = "\r\n"
	}
	known := map[string]bool{}
	for before := start; before > 0; {
		previous := bytes.LastIndexByte(source[:before-1], '\n') + 1
		line := strings.TrimSpace(string(source[previous:before]))
		if !strings.HasPrefix(line, "#") {
			break
		}
		known[line] = true
		before = previous
	}
	var b strings.Builder
	for _, c := range comments {
		if !known[c] {
			known[c] = true
			b.WriteString(indent + c + end)
		}
	}
	if b.Len() == 0 {
		return nil, true
	}
	return []lint.Edit{{Span: at.File.Span(start, start), Text: b.String()}}, true
}
