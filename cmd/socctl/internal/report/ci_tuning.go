package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/socctl/socctl/feedback"
	"github.com/socctl/socctl/feedback/health"
	"github.com/socctl/socctl/rules"
)

// CIRuleState is what verdicts say of a rule that a change touches.
type CIRuleState struct {
	Document rules.Document // of now, or of before if it was removed
	Removed  bool
	Feeds    bool // it raises no alerts of its own any more
	Effect   health.Effect
	Health   *health.Rule // nil if the rule was removed, or nothing is known
	Was      bool         // Health is that of the rule before the change
}

// CITuning is the state of a rule that a change touches: what investigations found, what
// becomes of it, and what they recommend.
type CITuning struct {
	Title string `json:"title"`
	ID    string `json:"id,omitempty"`
	Path  string `json:"path"`
	Line  int    `json:"line"`

	Alerts    int `json:"alerts"`    // judged
	Protected int `json:"protected"` // of these: attacks and contested ones, which must stay
	Contested int `json:"contested"`
	Older     int `json:"older"`    // judged on another version of the rule
	Silenced  int `json:"silenced"` // of protected: matched before, and no longer
	Missed    int `json:"missed"`   // likewise: not matched before either
	Unseen    int `json:"unseen"`   // likewise: matched on neither side of what was replayed

	Action  string   `json:"action,omitempty"` // what verdicts recommend, see docs/health.md; "" for nothing
	Was     bool     `json:"was,omitempty"`    // for the rule as it was before the change
	Reasons []string `json:"reasons,omitempty"`
}

// tuning tells the state of all rules that verdicts say anything of, the worst first.
func (r *CIRun) tuning() []CITuning {
	out := []CITuning{}
	for i := range r.Tuning {
		s := &r.Tuning[i]
		h, e := s.Document.Meta(), &s.Effect
		t := CITuning{Title: h.Title.Text, ID: h.ID.Text, Path: h.Span.Path(), Line: h.Span.Start.Line, Alerts: e.Alerts, Protected: e.Protected,
			Contested: e.Contested, Older: e.Older, Silenced: len(e.Silenced), Missed: e.Missed, Unseen: e.Unseen}
		if s.Health != nil && s.Health.Action != health.Keep {
			t.Action, t.Was, t.Reasons = string(s.Health.Action), s.Was, s.Health.Reasons
			if s.Health.ToLevel != "" {
				t.Action += " to " + s.Health.ToLevel
			}
		}
		out = append(out, t)
	}
	slices.SortStableFunc(out, func(a, b CITuning) int { return cmp.Or(b.Silenced-a.Silenced, b.Unseen-a.Unseen) })
	return out
}

// maxTuningTitle is how many characters of a title stand before what verdicts say, so
// that a long one does not push it out.
const maxTuningTitle = 80

// silenced are the blockers of rules that no longer match what must stay.
func (r *CIRun) silenced() (out []CIRemark) {
	for i := range r.Tuning {
		s := &r.Tuning[i]
		n := len(s.Effect.Silenced)
		if n == 0 {
			continue
		}
		a, h := s.Effect.Silenced[0], s.Document.Meta()
		verb := "no longer matches"
		if _, correlation := s.Document.(*rules.Correlation); correlation {
			verb = "no longer raises"
		}
		if s.Feeds {
			verb = "is counted by correlations alone now, and no longer raises"
		}
		text := fmt.Sprintf("%s: it %s %s that must stay: %s", Shorten(h.Title.Text, maxTuningTitle), verb, Count(n, "alert"), mustStayText(a))
		if n > 1 {
			text += fmt.Sprintf(", and %d more", n-1)
		}
		out = append(out, CIRemark{"silenced", text, h.Span.Path(), h.Span.Start.Line})
	}
	return out
}

// mustStayText tells an alert that must stay, and who says so.
func mustStayText(a *feedback.AlertState) string {
	found := "found " + string(a.Outcome)
	if a.Contested {
		found = "contested"
	}
	who := ""
	for _, o := range a.Opinions {
		if o.Verdict == a.Outcome {
			who = o.Investigator.String()
		}
	}
	event := ""
	if len(a.Alert.EventFP) > 0 {
		event = "event " + Shorten(a.Alert.EventFP[0], 20) + ", "
	}
	return fmt.Sprintf("%s%s, by %s in %s:%d", event, found, who, a.Span.Path(), a.Span.Start.Line)
}

// text tells the state in one line.
func (t *CITuning) text() string {
	parts := []string{Count(t.Alerts, "alert") + " judged"}
	add := func(n int, format string) {
		if n > 0 {
			parts = append(parts, fmt.Sprintf(format, n))
		}
	}
	add(t.Protected, "%d must stay")
	add(t.Contested, "%d contested")
	add(t.Silenced, "%d no longer matched")
	add(t.Missed, "%d that must stay not matched before either")
	add(t.Unseen, "%d that must stay matched by neither version in what was replayed, so nothing tells what becomes of them")
	add(t.Older, "%d judged on another version of the rule")
	out := strings.Join(parts, ", ")
	if t.Action == "" {
		return out
	}
	out += "; health: " + strings.ReplaceAll(t.Action, "_", " ")
	if t.Was {
		out += " (as it was)"
	}
	if len(t.Reasons) > 0 {
		out += ", because " + strings.Join(t.Reasons[:min(3, len(t.Reasons))], "; ")
	}
	return out
}

// tuningRemarks are the states as remarks, for all formats.
func (p *CIPage) tuningRemarks() []CIRemark {
	var out []CIRemark
	for i := range p.Tuning {
		t := &p.Tuning[i]
		kind := "judged"
		if t.Silenced > 0 {
			kind = "silenced"
		}
		out = append(out, CIRemark{kind, Shorten(t.Title, maxTuningTitle) + ": " + t.text(), t.Path, t.Line})
	}
	return out
}
