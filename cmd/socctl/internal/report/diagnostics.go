package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/socctl/socctl/rules"
)

// Diagnostics writes problems with an excerpt of the source, and a caret under
// what each is about.
func Diagnostics(w io.Writer, s Style, diags rules.Diagnostics) {
	for _, d := range diags {
		colour := map[rules.Severity]string{rules.Error: Red, rules.Warning: Yellow}[d.Severity]
		fmt.Fprintf(w, "%s: %s\n", s.Paint(colour, d.Severity.String()+"["+d.Code+"]"), s.Paint(Bold, Clean(d.Message)))
		Excerpt(w, s, d.Span, colour)
		if d.Help != "" {
			fmt.Fprintf(w, "   %s %s\n", s.Paint(Blue, "= help:"), Clean(d.Help))
		}
		fmt.Fprintln(w)
	}
}

// maxAlike are how many problems of one code are shown of a file that is no such file
// in every line.
const maxAlike = 10

// FewDiagnostics is Diagnostics for input with a record a line: of many problems of one
// code it shows the first, and counts the others.
func FewDiagnostics(w io.Writer, s Style, diags rules.Diagnostics) {
	shown, more := map[string]int{}, map[string]int{}
	var few rules.Diagnostics
	var codes []string
	for _, d := range diags {
		if shown[d.Code]++; shown[d.Code] <= maxAlike {
			few = append(few, d)
			continue
		}
		if more[d.Code]++; more[d.Code] == 1 {
			codes = append(codes, d.Code)
		}
	}
	Diagnostics(w, s, few)
	for _, code := range codes {
		fmt.Fprintf(w, "and %s more with %s\n", Count(more[code], "problem"), code)
	}
}

// excerptWidth is how many characters of a source line an excerpt shows.
const excerptWidth = 100

// Excerpt writes the place of a span, and its line with a caret under it.
func Excerpt(w io.Writer, s Style, at rules.Span, colour string) {
	fmt.Fprintf(w, "  %s %s\n", s.Paint(Blue, "-->"), Clean(at.String()))
	if !at.Known() || at.File == nil || at.File.Source == nil {
		return
	}
	text, lead, width := window(at)
	number := fmt.Sprint(at.Start.Line)
	bar := s.Paint(Blue, strings.Repeat(" ", len(number))+" |")
	fmt.Fprintf(w, "%s\n%s %s\n%s %s%s\n", bar, s.Paint(Blue, number+" |"), text, bar,
		strings.Repeat(" ", lead), s.Paint(colour, strings.Repeat("^", width)))
}

// tabs replaces tabs by single spaces, so that the caret stays in place.
func tabs(line []rune) []rune {
	out := make([]rune, len(line))
	for i, r := range line {
		if r == '\t' {
			r = ' '
		}
		out[i] = r
	}
	return out
}

// Count returns "1 thing" or "n things".
func Count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	if strings.HasSuffix(thing, "h") {
		return fmt.Sprintf("%d %ses", n, thing)
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
