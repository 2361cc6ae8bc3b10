package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/socctl/socctl/rules"
)

// testGitHub writes workflow commands, which GitHub shows beside the lines they
// are about, and the summary.
func testGitHub(out io.Writer, t *TestRun) error {
	w := bufio.NewWriter(out)
	for _, d := range t.problems() {
		annotation(w, "error", d.Span, d.Code, helped(d.Message, d.Help))
	}
	for _, d := range t.warnings() {
		annotation(w, "warning", d.Span, d.Code, helped(d.Message, d.Help))
	}
	for i := range t.Result.Cases {
		c := &t.Result.Cases[i]
		if c.Clean() {
			continue
		}
		message := helped(c.Message, c.Help)
		if c.Explanation != nil {
			var b strings.Builder
			Explanation(&b, Style{}, c.Explanation)
			message += "\n" + strings.TrimRight(b.String(), "\n")
		}
		word, _ := statusWord(c)
		annotation(w, "error", c.Span, strings.ToLower(word)+": "+c.Case.Name, message)
	}
	adequacyGitHub(w, t)
	if !t.Quiet {
		fmt.Fprintln(w, t.summary())
	}
	return w.Flush()
}

// adequacyGitHub writes what was measured of the tests, as an error where it is not
// enough: no line of a file is to blame for that.
func adequacyGitHub(w io.Writer, t *TestRun) {
	for _, m := range t.measurements() {
		switch {
		case !m.enough:
			fmt.Fprintf(w, "::error title=what tests show::%s\n", commandText.Replace(m.text))
		case !t.Quiet:
			fmt.Fprintln(w, m.text)
		}
	}
}

func helped(message, help string) string {
	if help == "" {
		return message
	}
	return message + "\nhelp: " + help
}

var (
	commandText     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	commandProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// annotation writes one workflow command.
func annotation(w io.Writer, level string, at rules.Span, title, message string) {
	place := "file=" + commandProperty.Replace(Clean(at.Path()))
	if at.Known() {
		place += fmt.Sprintf(",line=%d,col=%d", at.Start.Line, at.Start.Column)
		if at.End.Line == at.Start.Line && at.End.Column > at.Start.Column {
			place += fmt.Sprintf(",endLine=%d,endColumn=%d", at.End.Line, at.End.Column)
		}
	}
	fmt.Fprintf(w, "::%s %s,title=%s::%s\n", level, place, commandProperty.Replace(Clean(title)), commandText.Replace(CleanLines(message)))
}
