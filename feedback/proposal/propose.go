package proposal

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/trust"
	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/feedback"
	"github.com/socctl/socctl/feedback/tuning"
)

// Options say how to propose.
type Options struct {
	Policy tuning.Policy
	Now    time.Time
	Owner  string
	Rules  []string // ids or titles of those to tune; nil for all
}

// minRemovable is how many events must have been judged to be no attack.
const minRemovable = 2

// Propose tunes every rule that has a verdict. A rule for which nothing can be
// proposed says why, and keeps no other from being tuned.
func (e *Evidence) Propose(o Options) *Report {
	out := &Report{Schema: "socctl.tuning/v1", Now: o.Now.UTC().Format(time.RFC3339), Policy: o.Policy.Name, Rules: []Rule{}}
	rules := slices.Clone(e.Program.Rules)
	slices.SortStableFunc(rules, func(a, b *compiler.Rule) int {
		return cmp.Or(cmp.Compare(a.Source.Span.Path(), b.Source.Span.Path()), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Title, b.Title))
	})
	for _, r := range rules {
		if len(o.Rules) > 0 && !slices.Contains(o.Rules, r.ID) && !slices.Contains(o.Rules, r.Title) {
			continue
		}
		if j := e.judge(r); len(j.labels)+j.gone+j.unplaced > 0 {
			out.Rules = append(out.Rules, e.tuned(j, &o))
			if l := e.level(j, &out.Rules[len(out.Rules)-1]); l != nil {
				out.Levels = append(out.Levels, *l)
			}
		}
	}
	share(out)
	out.Thresholds = e.thresholds(&o)
	out.Levels = append(out.Levels, e.correlationLevels(out)...)
	out.count()
	return out
}

func (r *Report) count() {
	r.Summary = Summary{Judged: len(r.Rules), Asked: r.Summary.Asked}
	for i := range r.Rules {
		rule := &r.Rules[i]
		if len(rule.Proposals) == 0 {
			r.Summary.Abstained++
			continue
		}
		r.Summary.Proposing++
		for _, p := range rule.Proposals {
			r.Summary.Proposals++
			r.Summary.Removed += p.Removed
			if p.Lane == tuning.Auto {
				r.Summary.Auto++
			}
			if p.Merge != nil && p.Merge.Allowed {
				r.Summary.Allowed++
			}
		}
	}
	r.Summary.Levels = len(r.Levels)
	for i := range r.Thresholds {
		if r.Thresholds[i].Patch != nil {
			r.Summary.Thresholds++
		}
	}
}

func (e *Evidence) tuned(j *judged, o *Options) Rule {
	out := Rule{ID: j.rule.ID, Title: j.rule.Title, Path: j.rule.Source.Span.Path(), Hash: j.rule.Hash, Fires: len(e.fires[j.rule]), Gone: j.gone, Unplaced: j.unplaced, rule: j.rule, place: placeOf(j.rule), corpus: j.corpus}
	in := j.input
	if in == nil {
		why := "none of its judged alerts is in the recordings"
		if j.hidden > 0 {
			why = fmt.Sprintf("none of its judged alerts is raised any more: filters hide %d of %d judged events, and the others are not in the recordings", j.hidden, j.gone)
			if j.hidden == j.gone {
				why = "none of its judged alerts is raised any more: filters hide them all"
			}
		}
		out.Abstained = append(out.Abstained, why)
		return out
	}
	out.Removable, out.Protected, out.protected = in.Removable.Count(), in.Protected.Count(), in.Protected
	out.Attacks = in.Attacks()
	out.Besides = out.Protected - in.Protected.And(in.Fires).Count()
	if out.Removable < minRemovable {
		out.Abstained = append(out.Abstained, fmt.Sprintf("%d of its events were judged to be no attack with a weight; %d are needed, of two recordings or days", out.Removable, minRemovable))
		return out
	}
	if n := in.Corpus.Support(in.Removable).Sources; n < 2 {
		out.Abstained = append(out.Abstained, "all that was judged to be no attack comes from one recording and day: nothing could be tested on what it was not learnt from")
		return out
	}
	known := in.Removable.And(in.Removable)
	known.Join(in.Protected)
	in.Calibration = e.Calibration.Rule(ruleName(j.rule), o.Now)
	in.Trials = tuning.Trials(&o.Policy, in.Corpus, known, in.Removable, in.Protected, ruleName(j.rule), in.Calibration)
	found := tuning.Tune(o.Policy, in)
	out.Calibration = calibrationOf(in)
	for i := range found {
		e.add(&out, j, &found[i], o)
	}
	out.together()
	if len(out.wishes) > 0 {
		out.Patch, out.PatchRefused = e.patch(j.rule, out.wishes, o.Now)
	}
	switch {
	case len(found) == 0 && in.Protected.Count() == 0:
		out.Abstained = append(out.Abstained, fmt.Sprintf("no attack is known that it fires on, so that nothing tells what an exclusion would hide, and none was found that an attacker can hardly satisfy (%g of 3)", o.Policy.Unproven))
	case len(found) == 0:
		out.Abstained = append(out.Abstained, "no clause tells what was judged to be no attack from what must stay, and holds on events that it was not learnt from")
	case len(out.Proposals) == 0:
		out.Abstained = append(out.Abstained, "every clause that was found fails a guard")
	}
	return out
}

func (e *Evidence) add(out *Rule, j *judged, k *tuning.Calibrated, o *Options) {
	found, lane := tuning.Examine(&o.Policy, j.input, k)
	checks := make([]Check, len(found))
	for i, c := range found {
		checks[i] = Check{c.ID, c.Name, c.Passed, c.Number, c.Limit, c.Text, c.Counter}
	}
	if lane == tuning.Rejected {
		out.Rejected = append(out.Rejected, Rejected{k.Clause.String(), slices.DeleteFunc(checks, func(c Check) bool { return c.Passed })})
		return
	}
	if ruleName(j.rule) == "" {
		out.Abstained = append(out.Abstained, "the rule has neither id nor name, so that no filter can refer to it")
		return
	}
	rows := j.corpus.Covered(k.Clause).And(j.input.Fires)
	d := &document{rule: j.rule, clause: k.Clause, tier: k.Tier, owner: o.Owner, evidence: feedback.Root(j.verdicts), now: o.Now, rate: e.rate(j.rule, rows.Count())}
	judged := k.Removed.And(rows)
	p := Proposal{ID: d.id(), Path: d.path(), TestPath: d.testPath(j.rule), doc: d, verdicts: j.verdicts, Document: d.String(), Clause: k.Clause.String(), Lane: lane, Tier: k.Tier, Expires: d.expires(), Evidence: d.evidence,
		Verdicts: len(j.verdicts), Exact: k.Exact, Removed: rows.Count(), Stay: out.Fires - rows.Count(), Unjudged: rows.Count() - judged.Count(), Learnt: k.Learnt, Unseen: k.Unseen,
		Clusters: k.Tested.Clusters, Bound: tuning.Bound(k.Tested.Clusters, k.Delta), Error: k.Delta, Lost: feedback.ProportionUpper(0, out.Attacks, 0.95),
		Checks: checks, Score: k.Clause.Score(), Bypass: e.bypass(j, k.Clause)}
	p.sample(j, k, judged)
	p.Test = d.test(j.rule, &p)
	out.Proposals = append(out.Proposals, p)
	if reason := e.generic(j, k.Clause, k.Tier, judged); reason != "" {
		out.wishes = append(out.wishes, wish{clause: k.Clause, id: p.ID, reason: reason, rows: rows, filter: d})
	}
	if out.covered == nil {
		out.covered, out.sound = j.corpus.NewRows(), j.corpus.NewRows()
	}
	out.covered.Join(rows)
	if !slices.ContainsFunc(checks, func(c Check) bool { return c.Guard == "G6" && !c.Passed }) {
		out.sound.Join(rows)
	}
}

// rateDays are how many days must be recorded before a filter states its rate.
const rateDays = 7

// rate is how many events a day a filter hides of so many, 0 if too few days are
// recorded: whether it still hides anything, and whether it suddenly hides more, is
// told by it later.
func (e *Evidence) rate(r *compiler.Rule, events int) float64 {
	ground := e.grounds[backtest.LogsourceOf(r)]
	if ground == nil || len(ground.Days) < rateDays {
		return 0
	}
	return float64(events) / float64(len(ground.Days))
}

// bypass says what an attacker does to hide in a clause.
func (e *Evidence) bypass(j *judged, c tuning.Clause) string {
	text := ""
	judge := trust.New(e.Table)
	for i, l := range c {
		if i > 0 {
			text += "; and "
		}
		p := l.Predicate()
		text += judge.Grade(trust.Logsource(j.rule), &p).How
	}
	return text
}

const samples = 3

// sample chooses events to show: of different causes first what goes, and the
// nearest that stays.
func (p *Proposal) sample(j *judged, k *tuning.Calibrated, rows tuning.Rows) {
	for _, row := range j.corpus.Examples(rows, samples) {
		p.Samples = append(p.Samples, j.show(row, k.Clause))
	}
	if near := tuning.Nearest(j.input, k.Clause); near != nil {
		s := j.show(j.corpus.Row(near.Fingerprint), k.Clause)
		p.Nearest = &s
		for _, l := range near.Saves {
			p.Saves = append(p.Saves, l.String())
		}
	}
}

// show returns the values of an event that a reader needs: those that the clause
// and the rule name.
func (j *judged) show(row int, c tuning.Clause) Sample {
	s := Sample{Event: j.corpus.Fingerprint(row), Source: j.corpus.Source(row), Values: map[string]string{}}
	fields := slices.Clone(j.input.Rule.Constrained)
	for _, l := range c {
		fields = append(fields, l.Field)
	}
	for _, f := range fields {
		if v, ok := j.values[s.Event][f]; ok {
			s.Values[f] = v
		}
	}
	return s
}
