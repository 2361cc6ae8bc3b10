package layout

import (
	"strings"

	"github.com/socctl/socctl/rules"
)

// Line is a line that the layout indents otherwise than it is.
type Line struct {
	Number, Indent, Want int // Indent and Want in columns
}

// Misindented returns the lines of a document that are indented otherwise than
// in the layout, with those that only move along, and whether nothing is lost
// if all of them are indented as wanted.
func Misindented(doc *rules.Node) (out []Line, safe bool) {
	file := doc.Span.File
	if file == nil {
		return nil, true
	}
	r := reindenter{want: map[int]int{}, line: file.Line, count: file.Lines()} // not all lines: a file may hold many documents
	r.node(doc, 0)
	misplaced := false
	for line, column := range r.want {
		misplaced = misplaced || indentOf(file.Line(line)) != column
	}
	if !misplaced {
		return nil, true
	}
	all := lines(file.Source)
	by := shifts([]*rules.Node{doc}, all)
	for i := doc.Span.Start.Line - 1; i < min(doc.Span.End.Line, len(all)); i++ {
		text := moved(all[i], by[i])
		if text == all[i] {
			continue
		}
		out = append(out, Line{Number: i + 1, Indent: indentOf(all[i]), Want: indentOf(text)})
		all[i] = text
	}
	docs, _ := rules.ParseNodes(file.Path, file.Source)
	return out, keeps(file.Path, docs, file.Source, []byte(strings.Join(all, ""))) == nil
}
