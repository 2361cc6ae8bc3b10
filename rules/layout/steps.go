package layout

import (
	"slices"
	"strings"

	"github.com/socctl/socctl/rules"
)

// lines splits a text behind its line breaks; the last line may lack one.
func lines(source []byte) []string {
	return strings.SplitAfter(strings.TrimSuffix(string(source), "\n")+"\n", "\n")[:strings.Count(strings.TrimSuffix(string(source), "\n"), "\n")+1]
}

// reorder puts the attributes of every document in order. Comments above an
// attribute move with it; those above the first stay at the head.
func reorder(path string, source []byte) []byte {
	docs, _ := rules.ParseNodes(path, source)
	all := lines(source)
	for _, d := range docs {
		if d.Kind == rules.MapNode && len(d.Entries) > 1 {
			reorderDocument(d, all)
		}
	}
	return []byte(strings.Join(all, ""))
}

// reorderDocument permutes the lines of a document in place.
func reorderDocument(d *rules.Node, all []string) {
	type part struct {
		rank  int
		lines []string
	}
	first := d.Entries[0].Key.Span.Start.Line
	var parts []part
	for i, e := range d.Entries {
		from, to := first, end(d, i, all)
		if i > 0 {
			from = end(d, i-1, all) + 1
		}
		if e.Key.Span.Start.Column != 1 || from > to {
			return // a document in braces, or merged keys
		}
		rank := slices.Index(Order, e.Key.Text)
		if rank < 0 {
			rank = len(Order)
		}
		parts = append(parts, part{rank, slices.Clone(all[from-1 : to])})
	}
	slices.SortStableFunc(parts, func(a, b part) int { return a.rank - b.rank })
	at := first - 1
	for _, p := range parts {
		at += copy(all[at:], p.lines)
	}
}

// end returns the last line of an attribute: comments that are indented below it
// belong to it, those at the margin to what follows.
func end(d *rules.Node, i int, all []string) int {
	e := d.Entries[i]
	last := max(e.Key.Span.End.Line, e.Value.Span.End.Line)
	if e.Value.Span.End.Column == 1 && last > e.Key.Span.Start.Line {
		last-- // a block, or what ends with one, ends behind its last line break
	}
	limit := len(all)
	if i+1 < len(d.Entries) {
		limit = d.Entries[i+1].Key.Span.Start.Line - 1
	}
	for n := last + 1; n <= limit; n++ {
		text := all[n-1]
		switch {
		case strings.TrimSpace(text) == "" || strings.HasPrefix(text, "#"):
		case strings.HasPrefix(strings.TrimLeft(text, " "), "#"):
			last = n
		default:
			return last
		}
	}
	return last
}

// trim removes blanks at the ends of lines, and empty lines at the ends of the
// file. What stands in a scalar of several lines stays.
func trim(path string, source []byte) []byte {
	docs, _ := rules.ParseNodes(path, source)
	inside := scalarLines(docs)
	all := lines(source)
	for i, text := range all {
		if !inside.continues(i+1) && !inside.continues(i+2) {
			all[i] = strings.TrimRight(text, " \t\n") + "\n"
		}
	}
	for len(all) > 0 && all[len(all)-1] == "\n" && !inside.continues(len(all)) {
		all = all[:len(all)-1]
	}
	return []byte(strings.TrimLeft(strings.Join(all, ""), "\n"))
}

// reindent indents every level by Indent columns, and lists below their key.
func reindent(path string, source []byte) []byte {
	docs, _ := rules.ParseNodes(path, source)
	all := lines(source)
	for i, by := range shifts(docs, all) {
		all[i] = moved(all[i], by)
	}
	return []byte(strings.Join(all, ""))
}

// shifts returns by how many columns each line of documents has to move.
func shifts(docs []*rules.Node, all []string) []int {
	r := reindenter{want: map[int]int{}, line: linesOf(all), count: len(all)}
	for _, d := range docs {
		r.node(d, 0)
	}
	out := make([]int, len(all))
	shift := 0
	inside := scalarLines(docs)
	for i, text := range all {
		column, known := r.want[i+1]
		switch {
		case strings.TrimSpace(text) == "" && !inside.continues(i+1):
			continue
		case known:
			shift = column - indentOf(text)
		case strings.HasPrefix(strings.TrimLeft(text, " "), "#") && !inside.continues(i+1):
			out[i] = r.commentShift(i+1, len(all))
			continue
		case strings.HasPrefix(text, "---") || strings.HasPrefix(text, "..."):
			continue
		}
		out[i] = shift
	}
	return out
}

func indentOf(text string) int { return len(text) - len(strings.TrimLeft(text, " ")) }

// moved indents a line otherwise, but for an empty one, which may stand in a block.
func moved(text string, by int) string {
	switch {
	case text == "\n":
		return text
	case by >= 0:
		return strings.Repeat(" ", by) + text
	}
	return text[min(-by, indentOf(text)):]
}

// reindenter finds the column at which the lines that begin an entry should
// begin.
type reindenter struct {
	want map[int]int
	line func(number int) string // "" for one that is not there

	count int // of lines
}

// linesOf returns what finds lines by their numbers.
func linesOf(all []string) func(int) string {
	return func(n int) string {
		if n < 1 || n > len(all) {
			return ""
		}
		return all[n-1]
	}
}

func (r *reindenter) node(n *rules.Node, column int) {
	switch {
	case r.inBraces(n):
	case n.Kind == rules.MapNode:
		r.entries(n, "<<:", column)
		for _, e := range n.Entries {
			if r.ownLine(n, e.Key.Span) {
				r.want[e.Key.Span.Start.Line] = column
			}
		}
		for _, e := range n.Entries {
			if e.Value.Span.Start.Line > e.Key.Span.Start.Line {
				r.node(e.Value, column+Indent)
			}
		}
	case n.Kind == rules.ListNode:
		r.entries(n, "-", column)
		for _, item := range n.Items {
			line := item.Span.Start.Line
			if strings.HasPrefix(strings.TrimLeft(r.line(line), " "), "- ") && r.ownLine(n, item.Span) {
				r.node(item, column+item.Span.Start.Column-1-indentOf(r.line(line)))
			}
		}
	}
}

// ownLine reports whether the line of a part of a map or a list is indented as
// that is. It is not behind a dash, nor where the anchor of an alias stands.
func (r *reindenter) ownLine(of *rules.Node, part rules.Span) bool {
	return !part.Start.Before(of.Span.Start) && indentOf(r.line(part.Start.Line)) == of.Span.Start.Column-1
}

// entries finds the lines of a map or a list that begin as told, also where what
// stands there has another place: that of an anchor further up, or of a line below.
func (r *reindenter) entries(n *rules.Node, begin string, column int) {
	first, at := n.Span.Start.Line, n.Span.Start.Column-1
	for line := first; line <= r.count; line++ {
		text := r.line(line)
		content := strings.TrimLeft(text, " ")
		switch {
		case strings.TrimSpace(content) == "" || content[0] == '#':
		case line > first && (indentOf(text) < at || indentOf(text) == at && begin == "-" && !isDash(content)):
			return
		case indentOf(text) == at && (begin == "-" || strings.HasPrefix(content, begin)):
			r.want[line] = column
		}
	}
}

// isDash reports whether the content of a line begins an entry of a list.
func isDash(content string) bool {
	return strings.HasPrefix(content, "- ") || strings.TrimRight(content, "\n") == "-"
}

// inBraces reports whether a map or a list is written in braces or brackets,
// whose lines move along with the first.
func (r *reindenter) inBraces(n *rules.Node) bool {
	from, to := n.Span.Offsets()
	return n.Kind != rules.ScalarNode && from < to && strings.IndexByte("{[", n.Span.File.Source[from]) >= 0
}

// commentShift moves a comment as the line that it belongs to: the next one that
// is indented as it is, or else the one before.
func (r *reindenter) commentShift(line, count int) int {
	here := indentOf(r.line(line))
	for n := line + 1; n <= count; n++ {
		if column, ok := r.want[n]; ok {
			if indentOf(r.line(n)) == here {
				return column - here
			}
			break
		}
	}
	for n := line - 1; n >= 1; n-- {
		if column, ok := r.want[n]; ok && indentOf(r.line(n)) <= here {
			return column - indentOf(r.line(n))
		}
	}
	return 0
}
