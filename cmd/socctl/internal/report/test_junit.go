package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/socctl/socctl/evaluator/ruletest"
)

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Skipped  int          `xml:"skipped,attr"`
	Time     string       `xml:"time,attr,omitempty"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name      string        `xml:"name,attr"`
	Class     string        `xml:"classname,attr"`
	File      string        `xml:"file,attr,omitempty"`
	Line      int           `xml:"line,attr,omitempty"`
	Time      string        `xml:"time,attr,omitempty"`
	Failure   *junitOutcome `xml:"failure"`
	Error     *junitOutcome `xml:"error"`
	Skipped   *junitOutcome `xml:"skipped"`
	SystemOut string        `xml:"system-out,omitempty"`
}

type junitOutcome struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",chardata"`
}

// testJUnit writes one suite for every file of tests, one named "load" for what could
// not be loaded, and one for what was measured of the tests, if anything was.
func testJUnit(w io.Writer, t *TestRun) error {
	var suites []junitSuite
	byPath := map[string]int{}
	add := func(suite string, c junitCase) {
		at, known := byPath[suite]
		if !known {
			at = len(suites)
			byPath[suite] = at
			suites = append(suites, junitSuite{Name: suite})
		}
		suites[at].add(c)
	}
	for _, d := range t.problems() {
		add("load", junitCase{Name: Clean(d.Span.String()), Class: d.Code, File: Clean(d.Span.Path()), Line: d.Span.Start.Line,
			Error: &junitOutcome{Message: Clean(d.Message), Type: d.Code, Text: Clean(d.String())}})
	}
	for i := range t.Result.Cases {
		add(Clean(t.Result.Cases[i].Case.Path), t.junitCase(&t.Result.Cases[i]))
	}
	for _, m := range t.measurements() {
		c := junitCase{Name: m.name, Class: "what tests show", SystemOut: Clean(m.text)}
		if !m.enough {
			c.Failure = &junitOutcome{Message: Clean(m.text), Type: "minimum"}
		}
		add("what tests show", c)
	}
	all := junitSuites{Name: "socctl test", Suites: suites}
	if !t.NoTime {
		all.Time = fmt.Sprintf("%.3f", t.Elapsed.Seconds())
	}
	for _, s := range suites {
		all.Tests += s.Tests
		all.Failures += s.Failures
		all.Errors += s.Errors
		all.Skipped += s.Skipped
	}
	return writeXML(w, all)
}

func (s *junitSuite) add(c junitCase) {
	s.Cases = append(s.Cases, c)
	s.Tests++
	switch {
	case c.Failure != nil:
		s.Failures++
	case c.Error != nil:
		s.Errors++
	case c.Skipped != nil:
		s.Skipped++
	}
}

func (t *TestRun) junitCase(c *ruletest.CaseResult) junitCase {
	out := junitCase{Name: Clean(c.Case.Name), Class: Clean(c.Case.Path), File: Clean(c.Span.Path()), Line: c.Span.Start.Line,
		SystemOut: Clean(c.Note)}
	if !t.NoTime {
		out.Time = fmt.Sprintf("%.3f", c.Duration.Seconds())
	}
	outcome := &junitOutcome{Message: Clean(c.Message), Type: string(c.Status)}
	switch {
	case c.Status == ruletest.Pass:
	case c.Clean():
		out.Skipped = outcome
	default:
		var b strings.Builder
		testFailure(&b, Style{}, c)
		outcome.Text = b.String()
		if out.Error = outcome; c.Status == ruletest.Fail {
			out.Error, out.Failure = nil, outcome
		}
	}
	return out
}
