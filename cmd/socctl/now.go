package main

import (
	"fmt"
	"time"

	"github.com/socctl/socctl/cmd/socctl/internal/report"
	"github.com/socctl/socctl/compiler"
)

// parseNow returns the time of the flag --now, that of the clock if it is empty.
func parseNow(text string) (time.Time, error) {
	if text == "" {
		return time.Now().UTC(), nil
	}
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
		if at, err := time.Parse(layout, text); err == nil {
			return at.UTC(), nil
		}
	}
	return time.Time{}, usageError("--now takes a day such as 2026-05-04, or a time in RFC 3339, not %q", text)
}

// tellExpired says which filters are left out, even to those who want to hear
// little: what they kept back comes through.
func (c *cli) tellExpired(e *compiler.Expiry) {
	if e == nil {
		return
	}
	for _, f := range e.Expired {
		owner := ""
		if f.Owner.Text != "" {
			owner = ", owner " + f.Owner.Text
		}
		fmt.Fprintf(c.stderr, "%s %s\n", c.err().Paint(report.Yellow, "warning:"), report.Clean(fmt.Sprintf("%s: the filter %q is left out: it expired on %s%s", f.Span, f.Label(), f.Expires.Text, owner)))
	}
}
