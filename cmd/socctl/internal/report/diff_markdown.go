package report

import (
	"fmt"
	"io"

	"github.com/socctl/socctl/compiler/diff"
	"github.com/socctl/socctl/compiler/solver"
	"github.com/socctl/socctl/evaluator/witness"
)

// diffMarkdown writes a change for a pull request: a line for each rule, the worst
// first, and the events behind a fold.
func diffMarkdown(w io.Writer, d *DiffResult) error {
	fmt.Fprintf(w, "### What the rules mean now\n\n%s.\n", escapeMarkdown(d.summary()))
	recorded := d.recorded()
	for i := range d.Changes {
		c := &d.Changes[i]
		fmt.Fprintf(w, "\n- **%s**: %s (`%s`)", escapeMarkdown(words[c.Kind]), escapeMarkdown(c.Rule().Title), codeText(c.Rule().Source.Span.Path()))
		for _, note := range c.notes() {
			fmt.Fprintf(w, "; %s", escapeMarkdown(note))
		}
		fmt.Fprintln(w)
		markdownRecorded(w, "event", recorded(keyOfChange(c)))
		if c.Gained != nil || c.Kind == diff.Added && c.GainedEvent != nil {
			foldedEvent(w, "now matches", c.GainedEvent, c.Gained)
		}
		if c.Lost != nil || c.Kind == diff.Removed && c.LostEvent != nil {
			foldedEvent(w, lostWords(c), c.LostEvent, c.Lost)
		}
	}
	for i := range d.Correlations {
		kind, title, notes := correlationNotes(&d.Correlations[i])
		fmt.Fprintf(w, "\n- **%s**: %s", kind, escapeMarkdown(title))
		for _, n := range notes {
			fmt.Fprintf(w, "; %s", escapeMarkdown(n))
		}
		fmt.Fprintln(w)
		markdownRecorded(w, "alert", recorded(keyOfCorrelation(&d.Correlations[i])))
	}
	return nil
}

func foldedEvent(w io.Writer, title string, e *witness.Event, m solver.Model) {
	if e == nil {
		e = &witness.Event{Value: modelValue(m)}
	}
	fmt.Fprintf(w, "\n  <details><summary>%s</summary>\n\n%s", title, eventHead(len(flatten(e.Value, ""))))
	for _, f := range flatten(e.Value, "") {
		fmt.Fprintf(w, "  | `%s` | `%s` |\n", codeText(f.name), codeText(Shorten(f.text, 300)))
	}
	fmt.Fprint(w, "\n  </details>\n")
}

// eventHead begins the table of an event with some fields.
func eventHead(fields int) string {
	if fields == 0 {
		return "  " + noField + "\n"
	}
	return "  | Field | Value |\n  |---|---|\n"
}
