package report

import (
	"fmt"
	"io"
	"time"

	"github.com/socctl/socctl/evaluator/adequacy"
	"github.com/socctl/socctl/evaluator/ruletest"
	"github.com/socctl/socctl/rules"
)

// TestRun is what there is to say about a run of tests.
type TestRun struct {
	Result  *ruletest.Result
	Load    rules.Diagnostics // problems of loading tests and rules
	Elapsed time.Duration     // from the start to the end, loading included
	Verbose bool              // passes and missing recordings too
	NoTime  bool              // leave out how long it took
	Quiet   bool              // no summary

	Coverage []adequacy.Coverage // nil if it was not asked for
	Mutation []adequacy.Mutation // nil if it was not asked for
	Evasion  []adequacy.Evasions // nil if it was not asked for

	CoverMin, MutateMin float64 // percent that is wanted
}

// TestFormats are the formats of Tests.
var TestFormats = []string{"pretty", "json", "junit", "github"}

// Tests writes a run of tests in one of TestFormats.
func Tests(w io.Writer, s Style, format string, t *TestRun) error {
	switch format {
	case "json":
		return testJSON(w, t)
	case "junit":
		return testJUnit(w, t)
	case "github":
		return testGitHub(w, t)
	}
	return testPretty(w, s, t)
}

// problems returns what kept rules or tests from being used, sorted.
func (t *TestRun) problems() rules.Diagnostics {
	var out rules.Diagnostics
	seen := map[string]bool{}
	for _, d := range append(append(rules.Diagnostics{}, t.Load...), t.Result.Diagnostics...) {
		if text := d.String(); d.Severity == rules.Error && !seen[text] {
			seen[text] = true
			out = append(out, d)
		}
	}
	out.Sort()
	return out
}

// warnings returns the problems of the tests themselves that do no harm; those
// of rules are for the linter.
func (t *TestRun) warnings() rules.Diagnostics {
	var out rules.Diagnostics
	for _, d := range t.Load {
		if d.Severity == rules.Warning && len(d.Code) > 5 && d.Code[:5] == "test/" {
			out = append(out, d)
		}
	}
	return out
}

// testCounts are the numbers of a summary.
type testCounts struct {
	Tests      int   `json:"tests"`
	Passed     int   `json:"passed"`
	Failed     int   `json:"failed"`
	Errors     int   `json:"errors"`
	Missing    int   `json:"missing_recordings"`
	Skipped    int   `json:"skipped"`
	Problems   int   `json:"problems"` // of loading and compiling
	DurationMS int64 `json:"duration_ms,omitempty"`
}

func (t *TestRun) counts() testCounts {
	n := t.Result.Counts()
	c := testCounts{Tests: len(t.Result.Cases), Passed: n[ruletest.Pass], Failed: n[ruletest.Fail], Errors: n[ruletest.Error],
		Missing: n[ruletest.MissingRecording], Skipped: n[ruletest.Skipped], Problems: len(t.problems())}
	if !t.NoTime {
		c.DurationMS = t.Elapsed.Milliseconds()
	}
	return c
}

// summary is the last line of a run.
func (t *TestRun) summary() string {
	c := t.counts()
	text := fmt.Sprintf("%s: %d passed, %d failed", Count(c.Tests, "test"), c.Passed, c.Failed)
	add := func(n int, what string) {
		if n > 0 {
			text += fmt.Sprintf(", %d %s", n, what)
		}
	}
	if c.Errors > 0 {
		text += ", " + Count(c.Errors, "error")
	}
	add(c.Missing, "without "+recordings(c.Missing))
	add(c.Skipped, "skipped")
	if c.Problems > 0 {
		text += "; " + Count(c.Problems, "problem") + " in rules and tests"
	}
	if t.Result.Cancelled {
		text += "; interrupted"
	}
	if !t.NoTime {
		text += fmt.Sprintf(" in %.2fs", t.Elapsed.Seconds())
	}
	return text
}

func recordings(n int) string {
	if n == 1 {
		return "its recording"
	}
	return "their recordings"
}
