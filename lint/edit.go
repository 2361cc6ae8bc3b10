package lint

import (
	"bytes"
	"strings"

	"github.com/socctl/socctl/rules"
)

// RemoveLine returns the edit that removes an attribute together with its line,
// nil if the attribute takes more than a line, shares it, or has a comment.
func RemoveLine(e *rules.Entry) []Edit {
	if e == nil || e.Key.Span.File == nil {
		return nil
	}
	return removeLine(e.Key.Span.File, e.Key.Span.Start.Line, strings.TrimSpace(e.Key.Span.Text()+": "+e.Value.Span.Text()), e.Value.Span.End.Line)
}

// RemoveElement returns the edit that removes a scalar of a block list together
// with its line, nil if it shares the line or has a comment.
func RemoveElement(s rules.Scalar) []Edit {
	if s.Span.File == nil {
		return nil
	}
	return removeLine(s.Span.File, s.Span.Start.Line, "- "+s.Span.Text(), s.Span.End.Line)
}

// removeLine removes a line that holds nothing but a text, blanks aside.
func removeLine(f *rules.File, line int, text string, end int) []Edit {
	if end != line || strings.Join(strings.Fields(f.Line(line)), " ") != strings.Join(strings.Fields(text), " ") {
		return nil
	}
	from := lineOffset(f, line)
	to := len(f.Source)
	if n := bytes.IndexByte(f.Source[from:], '\n'); n >= 0 {
		to = from + n + 1
	}
	return []Edit{{Span: f.Span(from, to)}}
}
