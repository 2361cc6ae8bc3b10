package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/socctl/socctl/evaluator"
)

// maxValues is how many values of an item an explanation lists.
const maxValues = 5

// Explanation writes the tree of a rule on one event: a mark for every
// condition, selection, item and value, with the line of the rule beside the
// value of the event.
func Explanation(w io.Writer, s Style, x *evaluator.Explanation) {
	view := ""
	if x.View != "" {
		view = " (as " + x.View + ")"
	}
	fmt.Fprintf(w, "%s %s%s\n", mark(s, x.Matched), s.Paint(Bold, Clean(x.Rule.Title)), view)
	if x.NoView {
		fmt.Fprintf(w, "  the event does not belong to the rule's logsource %s\n", x.Rule.Source.Logsource)
	}
	node(w, s, x.Root, 1)
}

func mark(s Style, ok bool) string {
	if ok {
		return s.Paint(Green, "✓")
	}
	return s.Paint(Red, "✗")
}

func node(w io.Writer, s Style, n *evaluator.Node, depth int) {
	line := strings.Repeat("  ", depth) + mark(s, n.Matched) + " "
	if n.Span.Known() {
		line += s.Paint(Dim, fmt.Sprintf("%d: ", n.Span.Start.Line))
	}
	label := Clean(n.Label)
	if n.Kind == evaluator.ValueNode {
		label = "'" + Shorten(label, 60) + "'"
	}
	line += label
	if n.Reason != "" {
		line += s.Paint(Yellow, " — "+n.Reason)
	}
	if n.Kind == evaluator.ItemNode && n.Actual != nil {
		line += s.Paint(Dim, " — event has ") + s.Paint(Cyan, actual(*n.Actual))
	}
	fmt.Fprintln(w, line)
	if n.Kind == evaluator.ItemNode {
		values(w, s, n, depth+1)
		return
	}
	for _, arg := range n.Args {
		node(w, s, arg, depth+1)
	}
}

// values lists the values of an item that say most: those that match if the
// item does, the first few else.
func values(w io.Writer, s Style, n *evaluator.Node, depth int) {
	shown, hidden, matching := 0, 0, 0
	for _, v := range n.Args {
		if v.Matched {
			matching++
		}
	}
	for _, v := range n.Args {
		if shown == maxValues || len(n.Args) > maxValues && matching > 0 && !v.Matched {
			hidden++
			continue
		}
		shown++
		node(w, s, v, depth)
	}
	if hidden > 0 {
		text := "… " + Count(hidden, "more value")
		if matching == 0 {
			text += ", none matches"
		}
		fmt.Fprintf(w, "%s%s\n", strings.Repeat("  ", depth), s.Paint(Dim, text))
	}
}

func actual(v evaluator.Value) string {
	text := v.Text()
	if v.Kind() == evaluator.String {
		text = "'" + text + "'"
	}
	if v.Kind() == evaluator.Null {
		text = "null"
	}
	return Shorten(Clean(text), 120)
}
