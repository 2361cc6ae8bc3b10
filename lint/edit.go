package lint

import (
	"bytes"
	"strings"

	"github.com/socctl/socctl/rules"
)

// RemoveLines returns an edit that removes the lines of a span together with
// their line breaks, of whatever kind these are. It returns false if anything
// but the span, blanks and the dash of a list stands on them, such as a comment
// that would be lost.
func RemoveLines(at rules.Span) (Edit, bool) {
	if at.File == nil || !at.Known() {
		return Edit{}, false
	}
	source := string(at.File.Source)
	from, to := at.Offsets()
	if from >= to {
		return Edit{}, false
	}
	start := strings.LastIndexAny(source[:from], "\r\n") + 1
	end := to
	if i := strings.IndexAny(source[to:], "\r\n"); i >= 0 {
		end = to + i
	} else {
		end = len(source)
	}
	before := strings.Trim(source[start:from], " ")
	if before != "" && before != "-" || strings.Trim(source[to:end], " \t") != "" {
		return Edit{}, false
	}
	switch {
	case strings.HasPrefix(source[end:], "\r\n"):
		end += 2
	case end < len(source):
		end++
	}
	return Edit{Span: at.File.Span(start, end)}, true
}

// RemoveEntry returns an edit that removes an attribute, which stands on lines
// of its own, with its value; false if it does not, or comments would be lost.
func RemoveEntry(e *rules.Entry) (Edit, bool) {
	at := e.Key.Span
	if at.File == nil || e.Value.Span.File != at.File || e.Value.Span.Start.Before(at.End) {
		return Edit{}, false // the value is an alias, or is not there
	}
	_, from := at.Offsets()
	to, _ := e.Value.Span.Offsets()
	if strings.ContainsAny(string(at.File.Source[from:to]), "&#") {
		return Edit{}, false // an anchor that others may use, or a comment
	}
	at.End = e.Value.Span.End
	return RemoveLines(at)
}

// RemoveItem returns an edit that removes an entry of a list but the first, with
// its line or, in a list in brackets, with the comma in front of it. It returns
// false where that would lose a comment, or the entry stands elsewhere because
// it is an alias.
func RemoveItem(list *rules.Node, i int) (Edit, bool) {
	if i < 1 || i >= len(list.Items) {
		return Edit{}, false
	}
	last, at := list.Items[i-1].Span, list.Items[i].Span
	if at.File == nil || at.File != last.File || at.Start.Before(last.End) {
		return Edit{}, false
	}
	_, from := last.Offsets()
	start, to := at.Offsets()
	if between := string(at.File.Source[from:start]); strings.Trim(between, " \r\n") == "," && strings.Contains(between, ",") {
		return Edit{Span: at.File.Span(from, to)}, true
	}
	return RemoveLines(at)
}

// InsertItem returns an edit that adds an entry to a list in front of another one,
// false if that does not stand on a line of its own.
func InsertItem(before rules.Scalar, text string) (Edit, bool) {
	file, at := before.Span.File, before.Span.Start
	if file == nil || !before.Span.Known() {
		return Edit{}, false
	}
	line := file.Line(at.Line)
	dash := strings.IndexByte(line, '-')
	if dash < 0 || strings.TrimLeft(line[:dash], " ") != "" || !strings.HasPrefix(strings.TrimLeft(line[dash+1:], " "), before.Span.Text()) {
		return Edit{}, false
	}
	end := "\n"
	if bytes.Contains(file.Source, []byte("\r\n")) {
		end = "\r\n"
	}
	start := rules.Position{Line: at.Line, Column: 1}
	return Edit{Span: rules.Span{File: file, Start: start, End: start}, Text: line[:dash] + "- " + text + end}, true
}

// EditsOf returns a list of the edit if there is one, for Finding.FixBy.
func EditsOf(e Edit, ok bool) []Edit {
	if !ok {
		return nil
	}
	return []Edit{e}
}

// RemoveValue returns an edit that removes an entry of a list, given by its place,
// from the list below root that holds it among others. It returns false where
// RemoveItem does, or where nothing would be left.
func RemoveValue(root *rules.Node, at rules.Span) (Edit, bool) {
	list, i := listOf(root, at)
	if list == nil || len(list.Items) < 2 {
		return Edit{}, false
	}
	if i > 0 {
		return RemoveItem(list, i)
	}
	next := list.Items[1].Span
	if next.File != at.File || next.Start.Before(at.End) {
		return Edit{}, false
	}
	_, end := at.Offsets()
	start, _ := next.Offsets()
	if between := string(at.File.Source[end:start]); strings.Trim(between, " \r\n") == "," {
		from, _ := at.Offsets()
		return Edit{Span: at.File.Span(from, start)}, true
	}
	return RemoveLines(at)
}

// listOf returns the list with an entry at a place, and its index; nil if there
// is none.
func listOf(n *rules.Node, at rules.Span) (*rules.Node, int) {
	for i, item := range n.Items {
		if item.Span == at {
			return n, i
		}
		if list, k := listOf(item, at); list != nil {
			return list, k
		}
	}
	for _, e := range n.Entries {
		if list, k := listOf(e.Value, at); list != nil {
			return list, k
		}
	}
	return nil, 0
}
