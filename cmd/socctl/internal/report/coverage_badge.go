package report

import (
	"fmt"
	"html"
	"io"

	"github.com/socctl/socctl/attack/coverage"
)

// coverageBadge writes an image that states the level that it counts from, for a
// share without one says nothing.
func coverageBadge(w io.Writer, r *coverage.Report, from coverage.Level) error {
	h := r.Summary.Techniques
	label := "ATT&CK level " + from.String() + "+"
	if from == coverage.Proven {
		label = "ATT&CK level 4"
	}
	value := fmt.Sprintf("%d of %d · %s", h.AtLeast(from), h.Total(), percent(h.AtLeast(from), h.Total()))
	left, right := 12+7*len([]rune(label)), 12+7*len([]rune(value))
	title := fmt.Sprintf("MITRE ATT&CK %s: evidence of level %s (%s) or above for %d of %d techniques in scope", r.Facts.Version, from, from.Meaning(), h.AtLeast(from), h.Total())
	_, err := fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" width="%[1]d" height="20" role="img" aria-labelledby="t"><title id="t">%[2]s</title>`+
		`<rect width="%[1]d" height="20" rx="3" fill="#0b3d6e"/><path d="M0 3a3 3 0 0 1 3-3h%[3]dv20H3a3 3 0 0 1-3-3z" fill="#33383f"/>`+
		`<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle"><text x="%[4]d" y="14" textLength="%[5]d">%[6]s</text><text x="%[7]d" y="14" textLength="%[8]d">%[9]s</text></g></svg>`+"\n",
		left+right, html.EscapeString(title), left-3, left/2, left-12, html.EscapeString(label), left+right/2, right-12, html.EscapeString(value))
	return err
}
