package rules

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
)

// Severity says how bad a Diagnostic is.
type Severity uint8

// Severities, least first. Only an Error keeps a document from being used.
const (
	Info Severity = iota
	Warning
	Error
)

// String returns the lower-case name that output formats and configuration use.
func (s Severity) String() string {
	switch s {
	case Error:
		return "error"
	case Warning:
		return "warning"
	}
	return "info"
}

// Diagnostic is one problem of one place in a source file.
type Diagnostic struct {
	Code     string // stable name of the kind of problem, group/kebab-case
	Severity Severity
	Span     Span
	Message  string // what was found, lower case, one line
	Help     string // what to do about it; "" if the message says it all
	Related  []Related
}

// Related is another place that explains a Diagnostic.
type Related struct {
	Span    Span
	Message string
}

// String returns path:line:column: severity[code]: message (help).
func (d Diagnostic) String() string {
	text := fmt.Sprintf("%s: %s[%s]: %s", d.Span, d.Severity, d.Code, d.Message)
	if d.Help != "" {
		text += " (" + d.Help + ")"
	}
	return text
}

// Error implements error, so that a single diagnostic can be returned as one.
func (d Diagnostic) Error() string { return d.String() }

// MarshalJSON writes the diagnostic in its stable form: code, severity, path,
// start, end, message and, where there are any, help and related.
func (d Diagnostic) MarshalJSON() ([]byte, error) {
	type place struct {
		Path    string   `json:"path"`
		Start   Position `json:"start"`
		End     Position `json:"end"`
		Message string   `json:"message"`
	}
	out := struct {
		Code     string `json:"code"`
		Severity string `json:"severity"`
		place
		Help    string  `json:"help,omitempty"`
		Related []place `json:"related,omitempty"`
	}{Code: d.Code, Severity: d.Severity.String(), Help: d.Help,
		place: place{d.Span.Path(), d.Span.Start, d.Span.End, d.Message}}
	for _, r := range d.Related {
		out.Related = append(out.Related, place{r.Span.Path(), r.Span.Start, r.Span.End, r.Message})
	}
	return json.Marshal(out)
}

// Diagnostics is a list of problems.
type Diagnostics []Diagnostic

// Sort orders by path, position, code and message, which makes output
// independent of the order in which files were read.
func (ds Diagnostics) Sort() {
	slices.SortStableFunc(ds, func(a, b Diagnostic) int {
		return cmp.Or(
			cmp.Compare(a.Span.Path(), b.Span.Path()),
			cmp.Compare(a.Span.Start.Line, b.Span.Start.Line),
			cmp.Compare(a.Span.Start.Column, b.Span.Start.Column),
			cmp.Compare(a.Code, b.Code),
			cmp.Compare(a.Message, b.Message),
		)
	})
}

// Count returns the number of diagnostics of at least that severity.
func (ds Diagnostics) Count(least Severity) int {
	n := 0
	for _, d := range ds {
		if d.Severity >= least {
			n++
		}
	}
	return n
}

// Err returns nil if there is no error among ds, else an error that prints the
// first one and says how many there are.
func (ds Diagnostics) Err() error {
	n := ds.Count(Error)
	for _, d := range ds {
		switch {
		case d.Severity < Error:
		case n == 1:
			return d
		default:
			return fmt.Errorf("%w (and %d more errors)", d, n-1)
		}
	}
	return nil
}
