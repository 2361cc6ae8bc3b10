package lifecycle

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/feedback/health"
	"github.com/socctl/socctl/rules"
)

// Assess says of all rules and correlations of a program what they have earned.
func Assess(in *Input) *Report {
	out := &Report{Schema: Schema, Now: in.Now.UTC().Format(time.DateOnly), Criteria: in.Criteria, Replayed: in.Replay != nil, Rules: []Rule{},
		Partial: in.Replay != nil && in.Replay.Partial, Summary: map[string]int{"rules": 0}}
	for _, p := range Proposals() {
		out.Summary[string(p)] = 0
	}
	a := newAssessor(in)
	for _, r := range in.Program.Rules {
		out.Rules = append(out.Rules, a.rule(r.Source, "rule", a.successors[r], a.unproven[r]))
	}
	for _, c := range in.Program.Correlations {
		out.Rules = append(out.Rules, a.rule(c.Source, "correlation", nil, nil))
	}
	for i := range out.Rules {
		r := &out.Rules[i]
		if out.Partial && (r.Proposal == Promote || r.Proposal == Deprecate) {
			r.Proposal = Wait
			r.Against = append(r.Against, "a part of the recordings was not read")
		}
		out.Summary["rules"]++
		out.Summary[string(r.Proposal)]++
	}
	slices.SortStableFunc(out.Rules, func(a, b Rule) int {
		return cmp.Or(slices.Index(Proposals(), a.Proposal)-slices.Index(Proposals(), b.Proposal), cmp.Compare(a.Path, b.Path), a.Line-b.Line)
	})
	return out
}

// assessor knows what was found, by place.
type assessor struct {
	*Input
	health   map[string]*health.Rule
	replayed map[string]*backtest.RuleReport
	days     map[string]int
	heirs
}

func newAssessor(in *Input) *assessor {
	a := &assessor{Input: in, health: map[string]*health.Rule{}, replayed: map[string]*backtest.RuleReport{}, days: map[string]int{}}
	if in.Health != nil {
		for i := range in.Health.Rules {
			r := &in.Health.Rules[i]
			a.health[fmt.Sprintf("%s:%d", r.Path, r.Line)] = r
		}
	}
	if in.Replay != nil {
		a.replay()
	}
	a.heirs = findHeirs(in)
	return a
}

// replay notes on how many recorded days rules could have matched. A correlation
// could on those of the rule that has fewest.
func (a *assessor) replay() {
	covered := map[backtest.Logsource]int{}
	for _, l := range a.Replay.Logsources {
		covered[l.Logsource] = l.CoveredDays
	}
	for i := range a.Replay.Rules {
		r := &a.Replay.Rules[i]
		place := fmt.Sprintf("%s:%d", r.Path, r.Line)
		a.replayed[place] = r
		if r.Logsource != nil && (r.Verdict == backtest.Fired || r.Verdict == backtest.Quiet) {
			a.days[place] = covered[*r.Logsource]
		}
	}
	for _, c := range a.Program.Correlations {
		least := -1
		for _, in := range c.Inputs {
			place := ""
			switch {
			case in.Rule >= 0:
				place = health.PlaceOf(a.Program.Rules[in.Rule].Source)
			default:
				place = health.PlaceOf(a.Program.Correlations[in.Correlation].Source)
			}
			if n := a.days[place]; least < 0 || n < least {
				least = n
			}
		}
		a.days[health.PlaceOf(c.Source)] = max(0, least)
	}
}

// next is the status that a rule may be promoted to; "" if there is none.
func next(status string) string {
	switch status {
	case "experimental":
		return "test"
	case "test":
		return "stable"
	}
	return ""
}

// rule says what one rule has earned.
func (a *assessor) rule(d rules.Document, kind string, heir *Successor, unproven []string) Rule {
	h := d.Meta()
	place := health.PlaceOf(d)
	r := Rule{ID: h.ID.Text, Title: h.Title.Text, Level: h.Level.Text, Kind: kind, Path: h.Span.Path(), Line: h.Span.Start.Line,
		Status: h.Status.Text, Proposal: Keep, Criteria: []Criterion{}, Against: append([]string{}, unproven...)}
	if r.Status == "deprecated" || r.Status == "unsupported" {
		r.Against = []string{}
		return r
	}
	if heir != nil {
		r.Proposal, r.To, r.Successor = Deprecate, "deprecated", heir
		return r
	}
	if r.Status == "" {
		r.Proposal = Wait
		r.Against = append(r.Against, "it has no status: write status: experimental")
		return r
	}
	if r.To = next(r.Status); r.To == "" {
		return r
	}
	m := a.measure(place)
	r.Criteria = m.criteria(h, r.To, kind, a.Criteria.of(r.To), a.Now)
	r.Against = append(r.Against, m.against()...)
	switch {
	case m.days == 0 && m.judged == 0:
		r.Proposal = NoEvidence
	case len(r.Missing()) > 0 || len(r.Against) > 0:
		r.Proposal = Wait
	default:
		r.Proposal = Promote
	}
	return r
}

// measured is what was found out about a rule.
type measured struct {
	tests    Tests
	days     int
	replay   bool                 // there was one
	replayed *backtest.RuleReport // nil if the replay does not tell of the rule
	health   *health.Rule         // nil if nobody looked
	judged   int
	unjudged int
}

func (a *assessor) measure(place string) measured {
	m := measured{tests: a.Tests[place], days: a.days[place], replay: a.Replay != nil, replayed: a.replayed[place], health: a.health[place]}
	if m.health != nil {
		p := &m.health.Precision
		m.judged = p.True + p.False + p.Contested
		if v := m.health.Volume; v != nil && v.Alerts > 0 { // what only a correlation uses has no alerts to judge
			m.unjudged = max(0, v.Causes-p.Replayed)
		}
	}
	return m
}

// criteria compares what was found with what is asked.
func (m *measured) criteria(h *rules.Header, to, kind string, bar Bar, now time.Time) (out []Criterion) {
	least := func(name string, asked, found float64, known bool, text string) {
		out = append(out, Criterion{Name: name, Asked: asked, Found: found, Known: known, Met: asked == 0 || known && found >= asked, Text: text})
	}
	age, since, dated := ageOf(h, now)
	text := fmt.Sprintf("%s unchanged (asked %d)", count(age, "day"), bar.Age)
	if !dated {
		text = "it has neither date nor modified, which would tell how old it is"
	} else if since != "" {
		text += ", " + since
	}
	least("age", float64(bar.Age), float64(age), dated, text)
	least("tests", float64(bar.Tests), float64(m.tests.Passed), true, fmt.Sprintf("%s passed (asked %d)", count(m.tests.Passed, "positive test"), bar.Tests))
	least("negatives", float64(bar.Negatives), float64(m.tests.Negatives), true, fmt.Sprintf("%s passed (asked %d)", count(m.tests.Negatives, "negative test"), bar.Negatives))
	if kind == "rule" {
		found, known := 0.0, m.tests.Decisive != nil
		if known {
			found = *m.tests.Decisive
		}
		least("decisive", bar.Decisive, found, known, fmt.Sprintf("tests show %.4g %% of its parts to decide (asked %.4g %%)", found, bar.Decisive))
	}
	least("days", float64(bar.Days), float64(m.days), m.replay, m.daysText(bar.Days))
	least("judged", float64(bar.Judged), float64(m.judged), m.health != nil, fmt.Sprintf("%s judged (asked %d)", count(m.judged, "root cause"), bar.Judged))
	out = append(out, Criterion{Name: "unjudged", Asked: float64(bar.Unjudged), Found: float64(m.unjudged), Known: m.replay, Met: m.unjudged <= bar.Unjudged,
		Text: fmt.Sprintf("%s without a verdict (at most %d)", count(m.unjudged, "root cause"), bar.Unjudged)})
	return out
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func (m *measured) daysText(asked int) string {
	text := fmt.Sprintf("%s on which it could have matched (asked %d)", count(m.days, "recorded day"), asked)
	switch {
	case !m.replay:
		return text + ": nothing was replayed"
	case m.replayed == nil:
	case m.replayed.Kind == "correlation" && m.replayed.Reason != "":
		return text + ": " + m.replayed.Reason
	case m.replayed.Verdict == backtest.Unused && len(m.replayed.Missing) > 0:
		return text + ": it needs what was never recorded, " + strings.Join(m.replayed.Missing, ", ")
	case m.replayed.Verdict == backtest.Unused:
		return text + ": no event of its logsource"
	case m.replayed.Verdict == backtest.Partly:
		return text + ": never recorded were " + strings.Join(m.replayed.Missing, ", ")
	}
	return text
}

// ageOf returns for how many days a rule has been what it is, and what that is
// counted from.
func ageOf(h *rules.Header, now time.Time) (age int, since string, dated bool) {
	for _, d := range []rules.Scalar{h.Modified, h.Date} {
		if day, err := time.Parse(time.DateOnly, d.Text); err == nil {
			return max(0, int(now.UTC().Sub(day)/(24*time.Hour))), "since " + d.Text, true
		}
	}
	return 0, "", false
}

// against lists what speaks against a better status, whatever is asked.
func (m *measured) against() (out []string) {
	if m.tests.Failed > 0 {
		out = append(out, fmt.Sprintf("%s did not pass", count(m.tests.Failed, "test")))
	}
	if m.replayed != nil && m.replayed.Baseline > 0 {
		out = append(out, fmt.Sprintf("it raised %s in recordings that are known to be benign", count(m.replayed.Baseline, "alert")))
	}
	if m.health == nil {
		return out
	}
	if v := m.health.Volume; v != nil && v.Budget != nil && v.Budget.State == backtest.Exceeded {
		out = append(out, "it exceeds the budget of its level")
	}
	if m.health.Action != health.Keep {
		out = append(out, "socctl health says "+strings.ReplaceAll(string(m.health.Action), "_", " "))
	}
	for _, d := range m.health.Drift {
		out = append(out, d.Of+" changed on "+d.Since)
	}
	if n := m.health.Precision.Contested; n > 0 {
		out = append(out, "investigators disagree on "+count(n, "root cause"))
	}
	return out
}
