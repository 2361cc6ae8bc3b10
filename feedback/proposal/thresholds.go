package proposal

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/evaluator/correlation"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/feedback"
	"github.com/socctl/socctl/feedback/threshold"
	"github.com/socctl/socctl/feedback/tuning"
	"github.com/socctl/socctl/rules"
)

// Threshold is a correlation on which there are verdicts, with what is known of its
// thresholds, and a change of it if one is safe. A person decides on it: what it
// removes was not tested on other alerts than it was chosen by.
type Threshold struct {
	ID       string             `json:"id,omitempty"`
	Title    string             `json:"title"`
	Path     string             `json:"path"`
	Hash     string             `json:"hash"`
	Type     string             `json:"type"`
	Lane     tuning.Lane        `json:"lane,omitempty"`
	Tier     tuning.Tier        `json:"tier,omitempty"`
	Gone     int                `json:"gone"` // alerts that must stay, of which events are missing here
	Weighed  *threshold.Weighed `json:"weighed,omitempty"`
	Verdicts int                `json:"verdicts"`
	Evidence string             `json:"evidence"`          // root of the verdicts
	Missing  []string           `json:"missing,omitempty"` // that the policy for verdicts asks for behind an exclusion
	Patch    *Patch             `json:"patch,omitempty"`
	TestPath string             `json:"test_path,omitempty"`
	Test     string             `json:"test,omitempty"` // YAML, of the regression test; "" if the windows are too large

	Abstained []string `json:"abstained,omitempty"`

	counted *counted
}

// counted is a correlation with what its rules match in the replay.
type counted struct {
	correlation *compiler.Correlation
	labels      feedback.RuleLabels
	feeds       map[*compiler.Rule]feed
	hits        []correlation.Hit
	context     map[string][2]string // host and user, by event
	entities    []string             // by which events might be grouped instead
	refusal     string
}

// feed is a rule that feeds a correlation.
type feed struct {
	rule   int      // in the program
	fields []string // that the correlation and the rule look at
}

// counting finds the correlations on which there are verdicts.
func (e *Evidence) counting() {
	e.counted = nil
	for _, c := range e.Program.Correlations {
		labels := e.State.Labels(cmp.Or(c.ID, c.Title))
		if len(labels.Alerts()) == 0 {
			continue
		}
		k := &counted{correlation: c, labels: labels, feeds: map[*compiler.Rule]feed{}, context: map[string][2]string{}, refusal: threshold.Refusal(e.Program, c)}
		for _, in := range c.Inputs {
			if in.Rule >= 0 && k.refusal == "" {
				k.feeds[e.Program.Rules[in.Rule]] = feed{in.Rule, e.shown(c, in.Rule)}
			}
		}
		if k.refusal == "" {
			k.entities = e.entities(c)
		}
		e.counted = append(e.counted, k)
	}
}

// shown are the fields of a rule's events that a correlation and the rule look at.
func (e *Evidence) shown(c *compiler.Correlation, rule int) []string {
	out := append(threshold.Fields(c, rule), tuning.Constrained(e.Program, e.Program.Rules[rule].Expr)...)
	slices.Sort(out)
	return slices.Compact(out)
}

// count keeps what correlations look at in an event.
func (e *Evidence) count(h *backtest.Hit, event *telemetry.Event, views []evaluator.View, seq uint64) {
	for _, k := range e.counted {
		for _, m := range h.Matches {
			of, feeds := k.feeds[m.Rule]
			if !feeds {
				continue
			}
			seen, kept := seenBy(m, event, views), evaluator.Map{}
			for _, name := range slices.Concat(of.fields, k.entities) {
				if v, ok := seen.Field(name); ok {
					kept[name] = v
				}
			}
			k.context[event.Fingerprint()] = [2]string{backtest.HostOf(event), backtest.UserOf(event)}
			k.hits = append(k.hits, correlation.Hit{Rule: of.rule, Time: h.Time, Event: kept, Origin: event.Fingerprint(), Seq: seq})
		}
	}
}

// thresholds weighs those of the correlations on which there are verdicts.
func (e *Evidence) thresholds(o *Options) (out []Threshold) {
	for _, k := range e.counted {
		c := k.correlation
		if len(o.Rules) == 0 || slices.Contains(o.Rules, c.ID) || slices.Contains(o.Rules, c.Title) {
			out = append(out, e.threshold(k))
		}
	}
	slices.SortStableFunc(out, func(a, b Threshold) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Title, b.Title))
	})
	return out
}

func (e *Evidence) threshold(k *counted) Threshold {
	c := k.correlation
	out := Threshold{ID: c.ID, Title: c.Title, Path: c.Source.Span.Path(), Hash: c.Hash, Type: c.Type.String(), counted: k}
	var uids []string
	for _, a := range k.labels.Alerts() {
		for _, o := range a.Opinions {
			uids = append(uids, o.UID)
		}
	}
	slices.Sort(uids)
	uids = slices.Compact(uids)
	out.Verdicts, out.Evidence = len(uids), feedback.Root(uids)
	if k.refusal != "" {
		out.Abstained = append(out.Abstained, k.refusal)
		return out
	}
	out.Weighed = threshold.Weigh(e.weighable(k))
	out.Gone = k.gone()
	unplaced := k.labels.Unplaced[feedback.Protected]
	switch choice := out.Weighed.Choice; {
	case out.Weighed.Abstained != "":
		out.Abstained = append(out.Abstained, out.Weighed.Abstained)
	case unplaced > 0:
		out.Abstained = append(out.Abstained, fmt.Sprintf("%d alerts that must stay name no event: nobody can tell whether they would be kept", unplaced))
	case out.Gone > 0:
		out.Abstained = append(out.Abstained, fmt.Sprintf("of %d alerts that must stay events are not in the recordings: nobody can tell whether they would be kept", out.Gone))
	default:
		out.Lane, out.Tier, out.Patch, out.Missing = tuning.Review, tuning.B, changed(c, choice), k.missing(&e.Support, out.Weighed)
		if out.Test = k.sequenceTest(e.weighable(k), choice); out.Test != "" {
			base := path.Base(out.Path)
			out.TestPath = strings.TrimSuffix(base, path.Ext(base)) + "_" + idOf(cmp.Or(c.ID, c.Title), "threshold")[:8] + ".yml"
		}
	}
	return out
}

func (e *Evidence) weighable(k *counted) *threshold.Input {
	return &threshold.Input{Program: e.Program, Correlation: k.correlation, Hits: k.hits, Label: k.labels.Of, Entities: k.entities, Fixed: !groupable(k.correlation)}
}

// missing says what the policy for verdicts wants behind an exclusion, and is not behind
// the alerts that were no attack. Those of one group are one root cause.
func (k *counted) missing(p *feedback.Policy, w *threshold.Weighed) (out []string) {
	var all []feedback.Supporter
	for _, last := range w.NoAttack() {
		of := k.context[last.Fingerprint]
		all = append(all, feedback.Supporter{Label: k.labels.Of(last.Fingerprint), Cluster: last.Group, Host: of[0], User: of[1]})
	}
	for _, s := range p.Support(all) {
		out = append(out, s.Message)
	}
	return out
}

// gone counts the alerts that must stay of which an event was not replayed.
func (k *counted) gone() (n int) {
	here := map[string]bool{}
	for i := range k.hits {
		here[k.hits[i].Origin] = true
	}
	for _, a := range k.labels.Alerts() {
		if a.Class == feedback.Protected && slices.ContainsFunc(a.Alert.EventFP, func(print string) bool { return !here[print] }) {
			n++
		}
	}
	return n
}

// changed writes a threshold, a timespan and a grouping where those of the correlation
// stand.
func changed(c *compiler.Correlation, p *threshold.Point) *Patch {
	op := c.Source.Operators[0]
	value := p.Threshold
	if op.Name.Text == "gt" {
		value--
	}
	out := &Patch{Path: c.Source.Span.Path()}
	if p.Threshold != threshold.Least(c) {
		out.Edits = append(out.Edits, Edit{op.Value.Span, strconv.Itoa(value)})
	}
	if p.Span() != c.Timespan {
		out.Edits = append(out.Edits, Edit{c.Source.Timespan.Span, p.Timespan})
	}
	if e, ok := groupEdit(c.Source, p.GroupBy); ok && p.Regrouped() {
		out.Edits = append(out.Edits, e)
	}
	return out
}

// verifyThresholds reads the changed files back, compiles the rules with them and
// lets the correlation engine raise what they raise. A correlation that raises
// anything else than was said loses its proposal.
func (e *Evidence) verifyThresholds(set *rules.Set, build Build, r *Report) {
	for i := range r.Thresholds {
		t := &r.Thresholds[i]
		if t.Patch == nil {
			continue
		}
		if why := e.disproved(set, build, t); why != "" {
			t.Patch, t.Lane, t.Tier, t.Test, t.TestPath = nil, "", "", "", ""
			t.Abstained = append(t.Abstained, "the final check stopped it: "+why)
		}
	}
}

func (e *Evidence) disproved(set *rules.Set, build Build, t *Threshold) string {
	program, why := programWith(set, build, t.Patch)
	if why != "" {
		return why
	}
	now := t.counted.correlation
	at := slices.IndexFunc(program.Correlations, func(c *compiler.Correlation) bool {
		return c.ID == now.ID && c.Title == now.Title && c.Source.Span.Path() == now.Source.Span.Path()
	})
	if at < 0 || len(program.Correlations[at].Inputs) != len(now.Inputs) {
		return "the changed correlation cannot be compiled"
	}
	then := program.Correlations[at]
	index := map[int]int{}
	for i := range now.Inputs {
		index[now.Inputs[i].Rule] = then.Inputs[i].Rule
	}
	hits := slices.Clone(t.counted.hits)
	for i := range hits {
		hits[i].Rule = index[hits[i].Rule]
	}
	raised := threshold.Raised(&compiler.Program{Rules: program.Rules, Correlations: []*compiler.Correlation{then}}, hits)
	said := e.weighable(t.counted).Promised(t.Weighed.Choice)
	if !slices.EqualFunc(raised, said, slices.Equal) {
		return fmt.Sprintf("with the change in place it raises %d alerts, not the %d that were said, or others", len(raised), len(said))
	}
	return ""
}

// programWith returns the rules with files changed, or why they cannot be.
func programWith(set *rules.Set, build Build, patches ...*Patch) (*compiler.Program, string) {
	edits, source := map[string][]Edit{}, map[string][]byte{}
	for _, p := range patches {
		edits[p.Path], source[p.Path] = append(edits[p.Path], p.Edits...), p.Before()
	}
	changed := &rules.Set{Files: set.Files}
	for _, d := range set.Documents() {
		if edits[d.Meta().Span.Path()] == nil {
			changed.Add(rules.Copy(d)) // linking writes into documents
		}
	}
	for _, path := range slices.Sorted(maps.Keys(edits)) {
		text, err := Edited(source[path], edits[path])
		if err != nil {
			return nil, err.Error()
		}
		docs, diags := rules.Parse(path, text)
		if diags.Count(rules.Error) > 0 {
			return nil, fmt.Sprintf("the changed file cannot be read back: %v", diags.Err())
		}
		for _, d := range docs {
			changed.Add(d)
		}
	}
	changed.Link()
	return build(changed), ""
}
