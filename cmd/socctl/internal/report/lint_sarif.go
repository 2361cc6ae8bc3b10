package report

import (
	"io"
	"net/url"
	"strings"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

// The types of this file are the part of SARIF 2.1.0 that lint needs. Output is
// checked against the schema of the standard in a test.

type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool       sarifTool     `json:"tool"`
	ColumnKind string        `json:"columnKind"`
	Results    []sarifResult `json:"results"`
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name    string      `json:"name"`
	Version string      `json:"version"`
	Rules   []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID               string           `json:"id"`
	DeprecatedIDs    []string         `json:"deprecatedIds,omitempty"`
	ShortDescription sarifMessage     `json:"shortDescription"`
	Help             sarifHelp        `json:"help"`
	HelpURI          string           `json:"helpUri,omitempty"`
	Default          sarifDefault     `json:"defaultConfiguration"`
	Properties       map[string][]any `json:"properties"`
}

type sarifHelp struct {
	Text     string `json:"text"`
	Markdown string `json:"markdown"`
}

type sarifDefault struct {
	Enabled bool   `json:"enabled"`
	Level   string `json:"level"`
}

type sarifMessage struct {
	Text string `json:"text"`
}

type sarifResult struct {
	RuleID        string             `json:"ruleId"`
	RuleIndex     *int               `json:"ruleIndex,omitempty"`
	Level         string             `json:"level"`
	Message       sarifMessage       `json:"message"`
	Locations     []sarifLocation    `json:"locations"`
	Related       []sarifLocation    `json:"relatedLocations,omitempty"`
	Fingerprints  map[string]string  `json:"partialFingerprints"`
	BaselineState string             `json:"baselineState,omitempty"`
	Suppressions  []sarifSuppression `json:"suppressions,omitempty"`
	Fixes         []sarifFix         `json:"fixes,omitempty"`
}

type sarifLocation struct {
	ID       *int          `json:"id,omitempty"`
	Physical sarifPhysical `json:"physicalLocation"`
	Message  *sarifMessage `json:"message,omitempty"`
}

type sarifPhysical struct {
	Artifact sarifArtifact `json:"artifactLocation"`
	Region   *sarifRegion  `json:"region,omitempty"`
}

type sarifArtifact struct {
	URI string `json:"uri"`
}

type sarifRegion struct {
	StartLine   int `json:"startLine"`
	StartColumn int `json:"startColumn"`
	EndLine     int `json:"endLine"`
	EndColumn   int `json:"endColumn"`
}

type sarifSuppression struct {
	Kind          string         `json:"kind"` // inSource or external
	Justification string         `json:"justification,omitempty"`
	Location      *sarifLocation `json:"location,omitempty"`
}

type sarifFix struct {
	Description sarifMessage  `json:"description"`
	Changes     []sarifChange `json:"artifactChanges"`
}

type sarifChange struct {
	Artifact     sarifArtifact      `json:"artifactLocation"`
	Replacements []sarifReplacement `json:"replacements"`
}

type sarifReplacement struct {
	Deleted  sarifRegion  `json:"deletedRegion"`
	Inserted sarifMessage `json:"insertedContent"`
}

func lintSARIF(w io.Writer, r *LintRun) error {
	run := sarifRun{ColumnKind: "unicodeCodePoints", Results: []sarifResult{},
		Tool: sarifTool{sarifDriver{Name: "socctl", Version: r.Version, Rules: []sarifRule{}}}}
	index := map[string]int{}
	for _, c := range r.Result.Checks.Checks() {
		index[c.Name] = len(run.Tool.Driver.Rules)
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRuleOf(c))
	}
	for i := range r.Result.Findings {
		f := &r.Result.Findings[i]
		result := r.sarifResult(f)
		if n, known := index[f.Code]; known {
			result.RuleIndex = &n
		}
		run.Results = append(run.Results, result)
	}
	return writeJSON(w, sarifLog{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []sarifRun{run}})
}

func sarifRuleOf(c *lint.Check) sarifRule {
	code := func(title, text string) string {
		if text == "" {
			return "" // a check of one's own need not have any
		}
		return "\n\n" + title + ":\n\n```yaml\n" + strings.Trim(text, "\n") + "\n```"
	}
	return sarifRule{ID: c.Name, DeprecatedIDs: c.Aliases, ShortDescription: sarifMessage{c.Title},
		Help: sarifHelp{c.Doc, c.Doc + code("Bad", c.Bad) + code("Good", c.Good)}, HelpURI: c.Page(),
		Default: sarifDefault{!c.Off, sarifLevel(c.Severity)}, Properties: map[string][]any{"tags": {c.Group()}}}
}

func sarifLevel(s rules.Severity) string {
	if s == rules.Info {
		return "note"
	}
	return s.String()
}

func (r *LintRun) sarifResult(f *lint.Finding) sarifResult {
	out := sarifResult{RuleID: f.Code, Level: sarifLevel(f.Severity), Message: sarifMessage{CleanLines(helped(f.Message, f.Help))},
		Locations: []sarifLocation{sarifAt(f.Span)}, Fingerprints: map[string]string{"socctl/v1": f.Fingerprint}}
	for i, rel := range f.Related {
		at := sarifAt(rel.Span)
		at.ID, at.Message = &i, &sarifMessage{CleanLines(rel.Message)}
		out.Related = append(out.Related, at)
	}
	if f.Fix != nil {
		out.Fixes = []sarifFix{sarifFixOf(f.Fix)}
	}
	if r.Compared {
		out.BaselineState = "new"
	}
	if s := f.Suppression; s != nil {
		out.sarifSuppress(s)
	}
	return out
}

// sarifSuppress marks a result. What was there before the change is no
// suppression to SARIF, but unchanged.
func (out *sarifResult) sarifSuppress(s *lint.Suppression) {
	if s.Kind == lint.ByBase {
		out.BaselineState = "unchanged"
		return
	}
	mark := sarifSuppression{Kind: "external", Justification: CleanLines(s.Reason)}
	if s.Kind == lint.ByComment {
		mark.Kind = "inSource"
	}
	if s.Span.Known() {
		at := sarifAt(s.Span)
		mark.Location = &at
	}
	out.Suppressions = []sarifSuppression{mark}
}

func sarifAt(at rules.Span) sarifLocation {
	out := sarifLocation{Physical: sarifPhysical{Artifact: sarifArtifact{fileURI(at.Path())}}}
	if at.Known() {
		region := sarifRegionOf(at)
		out.Physical.Region = &region
	}
	return out
}

func sarifRegionOf(at rules.Span) sarifRegion {
	return sarifRegion{at.Start.Line, at.Start.Column, max(at.End.Line, at.Start.Line), max(at.End.Column, 1)}
}

func sarifFixOf(f *lint.Fix) sarifFix {
	out := sarifFix{Description: sarifMessage{CleanLines(f.Message)}}
	change := sarifChange{Artifact: sarifArtifact{fileURI(f.Edits[0].Span.Path())}}
	for _, e := range f.Edits {
		change.Replacements = append(change.Replacements, sarifReplacement{sarifRegionOf(e.Span), sarifMessage{e.Text}})
	}
	out.Changes = []sarifChange{change}
	return out
}

// fileURI writes a path as a URI, relative if the path is.
func fileURI(path string) string {
	if strings.HasPrefix(path, "/") {
		return (&url.URL{Scheme: "file", Path: path}).String()
	}
	return (&url.URL{Path: path}).String()
}

// CleanLines is Clean for text of several lines.
func CleanLines(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = Clean(line)
	}
	return strings.Join(lines, "\n")
}
