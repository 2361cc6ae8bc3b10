package report

import (
	"io"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

// lintReport is the stable form of a result of lint.
type lintReport struct {
	Schema   string        `json:"schema"`
	Version  string        `json:"version"`
	Findings []lintFinding `json:"findings"`
	Summary  lintSummary   `json:"summary"`
}

type lintSummary struct {
	Files      int `json:"files"`
	Documents  int `json:"documents"`
	Errors     int `json:"errors"`
	Warnings   int `json:"warnings"`
	Infos      int `json:"infos"`
	Suppressed int `json:"suppressed"`
	Fixable    int `json:"fixable"`
	Fixed      int `json:"fixed"`
	Hidden     int `json:"hidden"`
}

type lintFinding struct {
	Check       string           `json:"check"`
	Severity    string           `json:"severity"`
	Path        string           `json:"path"`
	Start       rules.Position   `json:"start"`
	End         rules.Position   `json:"end"`
	Message     string           `json:"message"`
	Help        string           `json:"help,omitempty"`
	RuleID      string           `json:"rule_id,omitempty"`
	RuleTitle   string           `json:"rule_title,omitempty"`
	Fingerprint string           `json:"fingerprint"`
	Related     []lintPlace      `json:"related,omitempty"`
	Fix         *lintFix         `json:"fix,omitempty"`
	Suppression *lintSuppression `json:"suppression,omitempty"`
}

type lintPlace struct {
	Path    string         `json:"path"`
	Start   rules.Position `json:"start"`
	End     rules.Position `json:"end"`
	Message string         `json:"message"`
}

type lintFix struct {
	Message string     `json:"message"`
	Edits   []lintEdit `json:"edits"`
}

type lintEdit struct {
	Path  string         `json:"path"`
	Start rules.Position `json:"start"`
	End   rules.Position `json:"end"`
	Text  string         `json:"text"`
}

type lintSuppression struct {
	Kind   lint.SuppressionKind `json:"kind"`
	Reason string               `json:"reason,omitempty"`
	Path   string               `json:"path,omitempty"`
	Line   int                  `json:"line,omitempty"`
}

func lintJSON(w io.Writer, r *LintRun) error {
	out := lintReport{Schema: "socctl.lint/v1", Version: r.Version, Findings: []lintFinding{}, Summary: lintSummary{
		Files: r.Result.Files, Documents: r.Result.Documents, Errors: r.Result.Count(rules.Error), Warnings: r.Result.Count(rules.Warning),
		Infos: r.Result.Count(rules.Info), Suppressed: r.suppressed(), Fixable: r.fixable(), Fixed: r.Fixed, Hidden: r.Hidden}}
	for i := range r.Result.Findings {
		out.Findings = append(out.Findings, jsonFinding(&r.Result.Findings[i]))
	}
	return writeJSON(w, out)
}

func jsonFinding(f *lint.Finding) lintFinding {
	out := lintFinding{Check: f.Code, Severity: f.Severity.String(), Path: f.Span.Path(), Start: f.Span.Start, End: f.Span.End,
		Message: f.Message, Help: f.Help, Fingerprint: f.Fingerprint}
	if f.Document != nil {
		out.RuleID, out.RuleTitle = f.Document.Meta().ID.Text, f.Document.Meta().Title.Text
	}
	for _, rel := range f.Related {
		out.Related = append(out.Related, lintPlace{rel.Span.Path(), rel.Span.Start, rel.Span.End, rel.Message})
	}
	if f.Fix != nil {
		out.Fix = &lintFix{Message: f.Fix.Message}
		for _, e := range f.Fix.Edits {
			out.Fix.Edits = append(out.Fix.Edits, lintEdit{e.Span.Path(), e.Span.Start, e.Span.End, e.Text})
		}
	}
	if s := f.Suppression; s != nil {
		out.Suppression = &lintSuppression{s.Kind, s.Reason, s.Span.Path(), s.Span.Start.Line}
	}
	return out
}
