package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

// pointer is a place that an excerpt points at.
type pointer struct {
	span    rules.Span
	sign    string // repeated under the place
	message string // behind it; "" for the finding itself
	colour  string
}

// excerpts draws the finding and what is related to it: places of the same file
// in one frame, in the order of their lines, others below it.
func excerpts(w io.Writer, s Style, f *lint.Finding, colour string) {
	if !f.Span.Known() || f.Span.File == nil || f.Span.File.Source == nil {
		Excerpt(w, s, f.Span, colour)
		return
	}
	here := []pointer{{f.Span, "^", "", colour}}
	var elsewhere []rules.Related
	for _, r := range f.Related {
		switch {
		case r.Span.File == f.Span.File && r.Span.Known():
			here = append(here, pointer{r.Span, "-", r.Message, Blue})
		default:
			elsewhere = append(elsewhere, r)
		}
	}
	slices.SortStableFunc(here, func(a, b pointer) int {
		return cmp.Or(cmp.Compare(a.span.Start.Line, b.span.Start.Line), cmp.Compare(a.span.Start.Column, b.span.Start.Column))
	})
	fmt.Fprintf(w, "  %s %s\n", s.Paint(Blue, "-->"), Clean(f.Span.String()))
	frame(w, s, here)
	for _, r := range elsewhere {
		fmt.Fprintf(w, "   %s %s\n", s.Paint(Blue, "= note:"), Clean(r.Message))
		Excerpt(w, s, r.Span, Blue)
	}
}

// frame writes the lines of marks with what they point at. Lines that do not
// follow each other are separated by dots.
func frame(w io.Writer, s Style, marks []pointer) {
	width := len(fmt.Sprint(marks[len(marks)-1].span.Start.Line))
	bar := s.Paint(Blue, strings.Repeat(" ", width)+" |")
	fmt.Fprintln(w, bar)
	last := 0
	for i, m := range marks {
		line := m.span.Start.Line
		if i == 0 || line != last {
			if i > 0 && line > last+1 {
				fmt.Fprintln(w, s.Paint(Blue, strings.Repeat(".", width)))
			}
			text, _, _ := window(m.span)
			fmt.Fprintf(w, "%s %s\n", s.Paint(Blue, fmt.Sprintf("%*d |", width, line)), text)
		}
		last = line
		_, lead, length := window(m.span)
		under := strings.Repeat(m.sign, length)
		if m.message != "" {
			under += " " + Clean(m.message)
		}
		fmt.Fprintf(w, "%s %s%s\n", bar, strings.Repeat(" ", lead), s.Paint(m.colour, under))
	}
}

// window cuts the line of a span to the width of an excerpt, safe to print, and
// returns how far in the span starts and how long it is there. Dots stand for
// what was cut off.
func window(at rules.Span) (text string, lead, length int) {
	line := []rune(at.File.Line(at.Start.Line))
	from, to := at.Start.Column-1, len(line)
	if at.End.Line == at.Start.Line {
		to = at.End.Column - 1
	}
	from = max(0, min(from, len(line)))
	to = max(min(to, len(line)), from)
	cut := 0
	if to > excerptWidth && from > excerptWidth/2 {
		cut = from - excerptWidth/2
	}
	end := min(len(line), cut+excerptWidth)
	shown := tabs(line[cut:end])
	if cut > 0 {
		shown[0] = '…'
	}
	if end < len(line) {
		shown[len(shown)-1] = '…'
	}
	columns := func(runes []rune) int { return utf8.RuneCountInString(Clean(string(runes))) }
	to = min(to, end)
	return Clean(string(shown)), columns(shown[:from-cut]), max(1, columns(shown[from-cut:to-cut]))
}
