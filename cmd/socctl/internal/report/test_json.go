package report

import (
	"io"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/ruletest"
	"github.com/socctl/socctl/rules"
)

// TestSchema names the form of the JSON output of tests. Keys may be added to
// it; none changes its meaning.
const TestSchema = "socctl.test/v1"

// jsonTests is the JSON output of a run of tests.
type jsonTests struct {
	Schema      string            `json:"schema"`
	Summary     testCounts        `json:"summary"`
	Diagnostics rules.Diagnostics `json:"diagnostics"`
	Expiry      *compiler.Expiry  `json:"expiry,omitempty"`           // if a filter ends some day
	Unresolved  []jsonRule        `json:"unresolved_rules,omitempty"` // placeholders without values
	Tests       []jsonTest        `json:"tests"`
	Coverage    *jsonAdequacy     `json:"coverage,omitempty"` // with --cover
	Mutation    *jsonMutation     `json:"mutation,omitempty"` // with --mutate
	Evasion     *jsonEvasion      `json:"evasion,omitempty"`  // with --evade
}

// jsonTest is one test. What it does not have, such as an explanation of a test
// that passed, is left out.
type jsonTest struct {
	ID          string                 `json:"id"`                // path::name
	Origin      ruletest.Origin        `json:"origin"`            // sidecar, inline, sigmahq, rsigma-exemplar or rsigma-expectation
	Status      ruletest.Status        `json:"status"`            // pass, fail, error, missing-recording or skipped
	Allowed     bool                   `json:"allowed,omitempty"` // a missing recording that is no failure
	Message     string                 `json:"message,omitempty"`
	Help        string                 `json:"help,omitempty"`
	Note        string                 `json:"note,omitempty"`
	Rule        jsonRule               `json:"rule"`
	Span        *jsonSpan              `json:"span,omitempty"`      // what was not met, else where the test stands
	RuleSpan    *jsonSpan              `json:"rule_span,omitempty"` // the part of the rule that it is about
	DurationMS  float64                `json:"duration_ms,omitempty"`
	Alerts      []jsonAlert            `json:"alerts,omitempty"`      // what the rule matched
	Explanation *evaluator.Explanation `json:"explanation,omitempty"` // the rule on the event that decided, as of eval --explain
}

// jsonRule is the rule under test. Hash is that of what it means; without one
// it could not be compiled.
type jsonRule struct {
	ID    string `json:"id,omitempty"`
	Title string `json:"title"`
	Path  string `json:"path"`
	Hash  string `json:"hash,omitempty"`
}

// jsonSpan is a region of a file. Lines and columns count from 1, columns in
// code points; end is behind the last one.
type jsonSpan struct {
	Path  string         `json:"path"`
	Start rules.Position `json:"start"`
	End   rules.Position `json:"end"`
}

// jsonAlert identifies a match.
type jsonAlert struct {
	RuleHash         string `json:"rule_hash"`
	EventFingerprint string `json:"event_fingerprint"`
	Record           int    `json:"record"`
	Time             string `json:"time,omitempty"`
	View             string `json:"view,omitempty"`
}

func testJSON(w io.Writer, t *TestRun) error {
	out := jsonTests{Schema: TestSchema, Summary: t.counts(), Tests: []jsonTest{}, Expiry: t.Result.Expiry,
		Diagnostics: append(append(rules.Diagnostics{}, t.problems()...), t.warnings()...)}
	for _, r := range t.Result.Unresolved {
		out.Unresolved = append(out.Unresolved, jsonRuleOf(r, ""))
	}
	for i := range t.Result.Cases {
		out.Tests = append(out.Tests, t.jsonTest(&t.Result.Cases[i]))
	}
	out.Coverage, out.Mutation, out.Evasion = jsonAdequacyOf(t.Coverage), jsonMutationOf(t.Mutation), jsonEvasionOf(t.Evasion)
	return writeJSON(w, out)
}

func (t *TestRun) jsonTest(c *ruletest.CaseResult) jsonTest {
	out := jsonTest{ID: c.Case.ID, Origin: c.Case.Origin, Status: c.Status, Allowed: c.Allowed, Message: c.Message, Help: c.Help,
		Note: c.Note, Rule: jsonRuleOf(c.Case.Rule, c.RuleHash), Span: jsonSpanOf(c.Span), RuleSpan: jsonSpanOf(c.RuleSpan), Explanation: c.Explanation}
	if !t.NoTime {
		out.DurationMS = float64(c.Duration.Microseconds()) / 1000
	}
	for _, a := range c.Alerts {
		out.Alerts = append(out.Alerts, jsonAlert{c.RuleHash, a.EventFingerprint, a.Record, a.Time, a.View})
	}
	return out
}

func jsonRuleOf(doc rules.Document, hash string) jsonRule {
	h := doc.Meta()
	return jsonRule{ID: h.ID.Text, Title: h.Title.Text, Path: h.Span.Path(), Hash: hash}
}

func jsonSpanOf(s rules.Span) *jsonSpan {
	if !s.Known() {
		return nil
	}
	return &jsonSpan{s.Path(), s.Start, s.End}
}
