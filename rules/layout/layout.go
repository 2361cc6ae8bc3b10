// Package layout brings YAML files into one layout: the order of attributes, the
// indentation, single quotes where double ones are not needed, and no blanks
// where nobody sees them.
//
// What it guarantees: the documents of the file are what they were, but for the
// order of their attributes; every comment is there, once; doing it twice changes
// nothing. All of that is verified on every file, and a file for which it does
// not hold is left as it is, with an error that says why.
package layout

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/socctl/socctl/rules"
)

// Order is the order of the attributes of a document. Others follow behind
// those of Sigma, in the order in which they are written.
var Order = []string{"title", "id", "name", "taxonomy", "related", "status", "description", "license", "references", "author",
	"date", "modified", "tags", "scope", "logsource", "correlation", "filter", "detection", "fields", "falsepositives", "level"}

// Indent is how many columns a level is indented.
const Indent = 4

// Format returns a file in the layout. The error is that of the first problem of
// a file that cannot be read, or says what could not be kept.
func Format(path string, source []byte) ([]byte, error) {
	mark := []byte("\xef\xbb\xbf")
	text, marked := bytes.CutPrefix(source, mark)
	end := lineEnd(text)
	before, diags := rules.ParseNodes(path, text)
	if err := diags.Err(); err != nil {
		return nil, err
	}
	after := []byte(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(text)))
	for _, step := range []func(string, []byte) []byte{reorder, reindent, requote, trim} {
		after = step(path, after)
		if err := keeps(path, before, text, after); err != nil {
			return nil, fmt.Errorf("%s: %w: left as it is", path, err)
		}
	}
	if end != "\n" {
		after = bytes.ReplaceAll(after, []byte("\n"), []byte(end))
	}
	if marked {
		after = slices.Concat(mark, after)
	}
	return after, nil
}

// lineEnd returns the line break of a text, which is that of Unix unless all of
// them are of one other kind.
func lineEnd(text []byte) string {
	lf, cr, both := bytes.Count(text, []byte{'\n'}), bytes.Count(text, []byte{'\r'}), bytes.Count(text, []byte("\r\n"))
	switch {
	case both > 0 && lf == both && cr == both:
		return "\r\n"
	case cr > 0 && lf == 0:
		return "\r"
	}
	return "\n"
}

// keeps returns what a new text of a file has lost, nil if nothing.
func keeps(path string, before []*rules.Node, old, text []byte) error {
	after, diags := rules.ParseNodes(path, text)
	if diags.Err() != nil || len(after) != len(before) {
		return errors.New("the documents could not be kept")
	}
	for i := range before {
		if canonical(before[i]) != canonical(after[i]) {
			return errors.New("the content could not be kept")
		}
	}
	if !slices.Equal(comments(before, old), comments(after, text)) {
		return errors.New("a comment could not be kept")
	}
	return nil
}

// canonical writes a document regardless of the order of its attributes, with
// the type of every scalar and whether it is quoted: that decides what readers of
// other versions of YAML take it for.
func canonical(n *rules.Node) string {
	if n.Kind != rules.MapNode {
		return describe(n)
	}
	var lines []string
	for _, e := range n.Entries {
		lines = append(lines, e.Key.Text+": "+describe(e.Value))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func describe(n *rules.Node) string {
	var b strings.Builder
	var walk func(*rules.Node)
	walk = func(n *rules.Node) {
		switch n.Kind {
		case rules.ScalarNode:
			fmt.Fprintf(&b, "%d%t%q", n.Scalar.Kind, n.Scalar.Quoted(), n.Scalar.Text)
		case rules.ListNode:
			b.WriteByte('[')
			for _, i := range n.Items {
				walk(i)
				b.WriteByte(',')
			}
			b.WriteByte(']')
		default:
			b.WriteByte('{')
			for _, e := range n.Entries {
				fmt.Fprintf(&b, "%q:", e.Key.Text)
				walk(e.Value)
				b.WriteByte(',')
			}
			b.WriteByte('}')
		}
	}
	walk(n)
	return b.String()
}

// comments returns the texts of all comments, sorted.
func comments(docs []*rules.Node, source []byte) []string {
	file := rules.NewFile("", source)
	inside := scalarLines(docs)
	var out []string
	for n := 1; n <= file.Lines(); n++ {
		line := file.Line(n)
		for at, r := range line {
			if r != '#' || at > 0 && line[at-1] != ' ' && line[at-1] != '\t' || inside.covers(n, len([]rune(line[:at]))+1) {
				continue
			}
			out = append(out, strings.TrimRight(line[at:], " \t"))
			break
		}
	}
	slices.Sort(out)
	return out
}

// places are the spans of the scalars of a file, by the lines that they touch.
type places map[int][]rules.Span

func scalarLines(docs []*rules.Node) places {
	out := places{}
	add := func(s rules.Span) {
		for n := s.Start.Line; n <= s.End.Line; n++ {
			out[n] = append(out[n], s)
		}
	}
	var walk func(*rules.Node)
	walk = func(n *rules.Node) {
		if n.Kind == rules.ScalarNode {
			add(n.Scalar.Span)
		}
		for _, i := range n.Items {
			walk(i)
		}
		for _, e := range n.Entries {
			add(e.Key.Span)
			walk(e.Value)
		}
	}
	for _, d := range docs {
		walk(d)
	}
	return out
}

// covers reports whether a place is inside a scalar.
func (p places) covers(line, column int) bool {
	at := rules.Position{Line: line, Column: column}
	return slices.ContainsFunc(p[line], func(s rules.Span) bool { return !at.Before(s.Start) && at.Before(s.End) })
}

// continues reports whether a line begins inside a scalar of several lines.
func (p places) continues(line int) bool {
	return slices.ContainsFunc(p[line], func(s rules.Span) bool { return s.Start.Line < line })
}
