package report

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"github.com/socctl/socctl/attack/coverage"
)

// CoverageRun is an assessment to be reported.
type CoverageRun struct {
	Report   *coverage.Report
	Verbose  bool            // list every technique with its rules
	Badge    coverage.Level  // that the badge counts from
	Evidence *coverage.Saved // nil if nothing was replayed
	Version  string
}

// CoverageFormats are the formats of an assessment; CoverageTexts those for
// people, which may follow each other.
var (
	CoverageFormats = []string{"pretty", "json", "csv", "markdown", "html", "navigator", "badge", "evidence"}
	CoverageTexts   = []string{"pretty", "markdown"}
)

// Coverage writes an assessment in one of its formats.
func Coverage(w io.Writer, s Style, format string, run *CoverageRun) error {
	switch format {
	case "json":
		return writeIndented(w, run.Report)
	case "csv":
		return coverageCSV(w, run.Report)
	case "markdown":
		return coverageMarkdown(w, run.Report)
	case "html":
		return coverageHTML(w, run)
	case "navigator":
		return writeIndented(w, layersOf(run.Report))
	case "badge":
		return coverageBadge(w, run.Report, run.Badge)
	case "evidence":
		if run.Evidence == nil {
			return fmt.Errorf("nothing was replayed, so there is no evidence to write: name a telemetry manifest")
		}
		return writeIndented(w, run.Evidence)
	}
	coveragePretty(w, s, run)
	return nil
}

func writeIndented(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	return enc.Encode(v)
}

// Line sums an assessment up.
func (run *CoverageRun) Line() string {
	in := &run.Report.Inputs
	out := Count(in.Rules, "rule")
	if in.Correlations > 0 {
		out += ", " + Count(in.Correlations, "correlation")
	}
	out += ", " + Count(in.Tests, "test")
	if in.Replayed {
		out += fmt.Sprintf(", %s of which %d count", Count(in.Recordings, "recording"), in.Labelled)
	} else {
		out += ", no recordings"
	}
	if in.TestsAbsent > 0 {
		out += fmt.Sprintf("; %s without recording left out", Count(in.TestsAbsent, "test"))
	}
	return out
}

// shown are the levels in the order in which people read them: what is best
// known first.
func shown() []coverage.Level {
	all := coverage.Levels()
	slices.Reverse(all)
	return all
}

// headlineOf is the first line of a report. It names a level, always.
func headlineOf(r *coverage.Report) string {
	h := r.Summary.Techniques
	return fmt.Sprintf("MITRE ATT&CK® %s: evidence of level 3 for %d of %d techniques in scope; %d more claimed or tested only",
		r.Facts.Version, h.AtLeast(coverage.Self), h.Total(), h.AtLeast(coverage.Tagged)-h.AtLeast(coverage.Self))
}

// percent writes a share.
func percent(part, of int) string {
	if of == 0 {
		return "–"
	}
	return fmt.Sprintf("%.0f %%", 100*float64(part)/float64(of))
}

// scoreText tells the weighted score with what it is made of.
func scoreText(r *coverage.Report) string {
	o := &r.Options
	c := o.Credit
	weight := map[coverage.Weight]string{coverage.ByGroups: "1 + groups that use it", coverage.ByCampaigns: "1 + groups that use it, campaigns included",
		coverage.Equally: "1 each", coverage.Custom: "as configured"}[o.Weight]
	return fmt.Sprintf("score %.2f; credit 1: %g, 2: %g, 3a: %g, 3b: %g, 4: %g; weight %s", r.Summary.Score, c.Tagged, c.Tested, c.Self, c.Observed, c.Proven, weight)
}

// thresholdText tells the thresholds that are not part of the score.
func thresholdText(o *coverage.Options) string {
	parents := "a parent counts by rules of its own only"
	if o.Subs > 0 {
		parents = fmt.Sprintf("a parent counts with %d sub-techniques", o.Subs)
	}
	return fmt.Sprintf("level 4: %d verdicts, precision at least %.2f (Wilson, 95 %%), at most %d days old; confidence: medium from %s, low from %d; %s",
		o.Verdicts, o.Precision, o.Days, Count(o.Confidence.Medium, "doubt"), o.Confidence.Low, parents)
}

// titlesOf returns the titles of rules by key.
func titlesOf(r *coverage.Report) map[string]*coverage.RuleState {
	out := map[string]*coverage.RuleState{}
	for i := range r.Rules {
		out[r.Rules[i].Key] = &r.Rules[i]
	}
	return out
}

// gapsOf returns the techniques in scope without any evidence, those that weigh
// most first.
func gapsOf(r *coverage.Report) (out []*coverage.Technique) {
	for i := range r.Techniques {
		if t := &r.Techniques[i]; t.InScope && t.Level == coverage.None {
			out = append(out, t)
		}
	}
	slices.SortStableFunc(out, func(a, b *coverage.Technique) int {
		return cmp.Or(cmp.Compare(b.Weight, a.Weight), cmp.Compare(b.Groups, a.Groups), cmp.Compare(a.ID, b.ID))
	})
	return out
}
