package report

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

// lintJUnit writes a suite for every file with findings, and a case for every
// finding: a failure from FailLevel on, else one that passes with a note.
func lintJUnit(w io.Writer, r *LintRun) error {
	var suites []junitSuite
	for f := range r.counting {
		path := Clean(f.Span.Path())
		if n := len(suites); n == 0 || suites[n-1].Name != path {
			suites = append(suites, junitSuite{Name: path})
		}
		c := junitCase{Name: Clean(f.Code + " " + f.Span.String()), Class: f.Code, File: path, Line: f.Span.Start.Line}
		text := Clean(f.Diagnostic.String())
		if f.Severity >= r.FailLevel {
			c.Failure = &junitOutcome{Message: Clean(f.Message), Type: f.Severity.String(), Text: text}
		} else {
			c.SystemOut = text
		}
		suites[len(suites)-1].add(c)
	}
	all := junitSuites{Name: "socctl lint", Suites: suites}
	if !r.NoTime {
		all.Time = fmt.Sprintf("%.3f", r.Elapsed.Seconds())
	}
	for _, s := range suites {
		all.Tests += s.Tests
		all.Failures += s.Failures
	}
	return writeXML(w, all)
}

func writeXML(w io.Writer, v any) error {
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(v); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

type checkstyle struct {
	XMLName xml.Name         `xml:"checkstyle"`
	Version string           `xml:"version,attr"`
	Files   []checkstyleFile `xml:"file"`
}

type checkstyleFile struct {
	Name   string            `xml:"name,attr"`
	Errors []checkstyleError `xml:"error"`
}

type checkstyleError struct {
	Line     int    `xml:"line,attr,omitempty"`
	Column   int    `xml:"column,attr,omitempty"`
	Severity string `xml:"severity,attr"`
	Message  string `xml:"message,attr"`
	Source   string `xml:"source,attr"`
}

func lintCheckstyle(w io.Writer, r *LintRun) error {
	out := checkstyle{Version: "4.3"}
	for f := range r.counting {
		path := Clean(f.Span.Path())
		if n := len(out.Files); n == 0 || out.Files[n-1].Name != path {
			out.Files = append(out.Files, checkstyleFile{Name: path})
		}
		file := &out.Files[len(out.Files)-1]
		file.Errors = append(file.Errors, checkstyleError{f.Span.Start.Line, f.Span.Start.Column, f.Severity.String(), Clean(helpedInLine(f)), "socctl." + f.Code})
	}
	return writeXML(w, out)
}

func helpedInLine(f *lint.Finding) string {
	if f.Help == "" {
		return f.Message
	}
	return f.Message + " (" + f.Help + ")"
}

// The types below are the diagnostic format of reviewdog.

type rdResult struct {
	Source      rdSource       `json:"source"`
	Diagnostics []rdDiagnostic `json:"diagnostics"`
}

type rdSource struct {
	Name string `json:"name"`
}

type rdDiagnostic struct {
	Message     string         `json:"message"`
	Location    rdLocation     `json:"location"`
	Severity    string         `json:"severity"`
	Code        rdCode         `json:"code"`
	Suggestions []rdSuggestion `json:"suggestions,omitempty"`
	Related     []rdRelated    `json:"related_locations,omitempty"`
}

type rdRelated struct {
	Message  string     `json:"message"`
	Location rdLocation `json:"location"`
}

type rdCode struct {
	Value string `json:"value"`
}

type rdLocation struct {
	Path  string   `json:"path"`
	Range *rdRange `json:"range,omitempty"`
}

type rdRange struct {
	Start rdPosition `json:"start"`
	End   rdPosition `json:"end"`
}

// rdPosition counts columns in bytes.
type rdPosition struct {
	Line   int `json:"line"`
	Column int `json:"column"`
}

type rdSuggestion struct {
	Range rdRange `json:"range"`
	Text  string  `json:"text"`
}

func lintRDJSON(w io.Writer, r *LintRun) error {
	out := rdResult{Source: rdSource{"socctl"}, Diagnostics: []rdDiagnostic{}}
	for f := range r.counting {
		d := rdDiagnostic{Message: CleanLines(helped(f.Message, f.Help)), Location: rdAt(f.Span), Code: rdCode{f.Code},
			Severity: map[rules.Severity]string{rules.Error: "ERROR", rules.Warning: "WARNING", rules.Info: "INFO"}[f.Severity]}
		for _, rel := range f.Related {
			d.Related = append(d.Related, rdRelated{CleanLines(rel.Message), rdAt(rel.Span)})
		}
		// A suggestion is one replacement; reviewdog has none of several parts.
		if f.Fix != nil && len(f.Fix.Edits) == 1 {
			d.Suggestions = []rdSuggestion{{*rdAt(f.Fix.Edits[0].Span).Range, f.Fix.Edits[0].Text}}
		}
		out.Diagnostics = append(out.Diagnostics, d)
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(out)
}

func rdAt(at rules.Span) rdLocation {
	out := rdLocation{Path: at.Path()}
	if at.Known() {
		out.Range = &rdRange{rdPositionOf(at.File, at.Start), rdPositionOf(at.File, at.End)}
	}
	return out
}

func rdPositionOf(f *rules.File, p rules.Position) rdPosition {
	if f == nil {
		return rdPosition{p.Line, p.Column}
	}
	line, column := f.Line(p.Line), 1
	for n := 1; n < p.Column && len(line) > 0; n++ {
		_, size := utf8.DecodeRuneInString(line)
		line, column = line[size:], column+size
	}
	return rdPosition{p.Line, column}
}
