package report

import (
	"bufio"
	"fmt"
	"io"

	"github.com/socctl/socctl/evaluator/ruletest"
)

// testPretty writes a run for people: passes only if verbose, what was skipped for a
// reason always, failures last.
func testPretty(out io.Writer, s Style, t *TestRun) error {
	w := bufio.NewWriter(out)
	Diagnostics(w, s, t.problems())
	Diagnostics(w, s, t.warnings())
	for _, status := range []ruletest.Status{ruletest.Pass, ruletest.Skipped, ruletest.MissingRecording} {
		for i := range t.Result.Cases {
			if c := &t.Result.Cases[i]; c.Status == status && (t.Verbose || !c.Clean() || status == ruletest.Skipped && c.Message != "") {
				testLine(w, s, c)
			}
		}
	}
	if n := t.disallowedMissing(); n > 0 {
		fmt.Fprintf(w, "   %s fetch what is missing, correct the paths, or use --allow-missing-recordings\n\n", s.Paint(Blue, "= help:"))
	}
	for i := range t.Result.Cases {
		if c := &t.Result.Cases[i]; c.Updated != "" {
			fmt.Fprintf(w, "%s %s\n", s.Paint(Green, "wrote"), Clean(c.Updated))
		}
	}
	for _, r := range t.Result.Unresolved {
		fmt.Fprintf(w, "%s %s (%s) uses placeholders without values\n", s.Paint(Yellow, "note:"), Clean(r.Label()), Clean(r.Span.Path()))
	}
	for _, status := range []ruletest.Status{ruletest.Error, ruletest.Fail} {
		for i := range t.Result.Cases {
			if c := &t.Result.Cases[i]; c.Status == status {
				testFailure(w, s, c)
			}
		}
	}
	if !t.Quiet {
		colour := Green
		if !t.Result.Clean() || len(t.problems()) > 0 {
			colour = Red
		}
		fmt.Fprintln(w, s.Paint(colour, t.summary()))
	}
	if t.Coverage != nil {
		adequacyCoverage(w, s, t)
	}
	if t.Mutation != nil {
		adequacyMutation(w, s, t)
	}
	if t.Evasion != nil {
		evasions(w, s, t)
	}
	return w.Flush()
}

// disallowedMissing counts the missing recordings that fail the run.
func (t *TestRun) disallowedMissing() int {
	n := 0
	for i := range t.Result.Cases {
		if c := &t.Result.Cases[i]; c.Status == ruletest.MissingRecording && !c.Allowed {
			n++
		}
	}
	return n
}

// statusWord is the status in front of a test, with its colour.
func statusWord(c *ruletest.CaseResult) (word, colour string) {
	switch c.Status {
	case ruletest.Pass:
		return "PASS", Green
	case ruletest.Fail:
		return "FAIL", Red
	case ruletest.Skipped:
		return "SKIP", Yellow
	case ruletest.MissingRecording:
		if c.Allowed {
			return "MISSING", Yellow
		}
		return "MISSING", Red
	}
	return "ERROR", Red
}

// testLine writes a test that needs no explanation.
func testLine(w io.Writer, s Style, c *ruletest.CaseResult) {
	word, colour := statusWord(c)
	fmt.Fprintf(w, "%s %s", s.Paint(colour, word), Clean(c.Case.ID))
	for _, more := range []string{c.Note, c.Message} {
		if more != "" {
			fmt.Fprintf(w, " %s", s.Paint(Dim, "("+Clean(more)+")"))
		}
	}
	fmt.Fprintln(w)
}

// testFailure writes a test that failed: what was expected, where that stands
// in the test and in the rule, and the tree of the rule on the event.
func testFailure(w io.Writer, s Style, c *ruletest.CaseResult) {
	word, colour := statusWord(c)
	fmt.Fprintf(w, "%s %s\n", s.Paint(colour, word), s.Paint(Bold, Clean(c.Case.ID)))
	fmt.Fprintf(w, "  %s\n", Clean(c.Message))
	if c.Span.Known() {
		Excerpt(w, s, c.Span, colour)
	}
	if c.RuleSpan.Known() {
		Excerpt(w, s, c.RuleSpan, Blue)
	}
	if c.Help != "" {
		fmt.Fprintf(w, "   %s %s\n", s.Paint(Blue, "= help:"), Clean(c.Help))
	}
	if c.Explanation != nil {
		fmt.Fprintf(w, "  %s\n", s.Paint(Dim, "rule "+Clean(c.Case.Rule.Meta().Span.Path())))
		Explanation(w, s, c.Explanation)
	}
	fmt.Fprintln(w)
}
