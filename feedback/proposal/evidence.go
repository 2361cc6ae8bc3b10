package proposal

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/trust"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/feedback"
	"github.com/socctl/socctl/feedback/calibration"
	"github.com/socctl/socctl/feedback/tuning"
	"github.com/socctl/socctl/rules/logsource"
)

// Evidence is what rules fire on, and what was said of it. It is for one goroutine.
// Collect comes first, then Propose, and before anything is applied Verify.
type Evidence struct {
	Program  *compiler.Program
	Table    *logsource.Table // nil means the built-in one
	State    *feedback.State  // nil for no verdicts
	Replayer backtest.Replayer
	Support  feedback.Policy // what must stand behind an exclusion; the zero Policy asks for nothing, see feedback.DefaultPolicy
	Attacks  Attacks         // what must stay, whatever verdicts say
	// Calibration is what earlier runs have tested; nil for nothing.
	Calibration *calibration.Ledger

	fires    map[*compiler.Rule]map[string]bool // fingerprints
	hidden   map[*compiler.Rule]map[string]bool // fingerprints of judged events that filters keep back
	attacks  map[*compiler.Rule]map[string]bool // fingerprints of known attacks
	chains   []chain                            // alerts of correlations
	builders map[logsource.Logsource]*tuning.Builder
	corpora  map[logsource.Logsource]*tuning.Corpus
	judged   map[string]bool              // fingerprints of events with a verdict
	values   map[string]map[string]string // of those
	counted  []*counted                   // correlations with a verdict
	grounds  map[backtest.Logsource]*backtest.Ground
	partial  bool // something could not be read
}

// Collect replays the recordings. The error says why they cannot be read at all.
func (e *Evidence) Collect(ctx context.Context) error {
	if e.Table == nil {
		e.Table = logsource.Default()
	}
	if e.State == nil {
		e.State = feedback.Fold(nil, feedback.FoldOptions{})
	}
	e.fires, e.builders, e.corpora = map[*compiler.Rule]map[string]bool{}, map[logsource.Logsource]*tuning.Builder{}, map[logsource.Logsource]*tuning.Corpus{}
	fields := map[logsource.Logsource][]string{}
	for _, r := range e.Program.Rules {
		source := trust.Logsource(r)
		fields[source] = append(fields[source], tuning.Constrained(e.Program, r.Expr)...)
	}
	e.attacks, e.hidden = map[*compiler.Rule]map[string]bool{}, map[*compiler.Rule]map[string]bool{}
	e.judged, e.values = map[string]bool{}, map[string]map[string]string{}
	for _, r := range e.Program.Rules {
		for print := range e.State.Labels(cmp.Or(r.ID, r.Title)).Events {
			e.judged[print] = true
		}
	}
	e.counting()
	var failed error
	seq := uint64(0)
	chains := newChains(e.Program)
	exposure, err := e.Replayer.Replay(ctx, e.Program, func(h *backtest.Hit) {
		event, views, err := h.Load()
		if err != nil {
			failed = cmp.Or(failed, err)
			return
		}
		seq++
		e.count(h, event, views, seq)
		print := event.Fingerprint()
		chains.add(h, print, views, event)
		e.hide(h, print)
		seen := map[logsource.Logsource]bool{}
		for _, m := range h.Matches {
			if e.fires[m.Rule] == nil {
				e.fires[m.Rule] = map[string]bool{}
			}
			e.fires[m.Rule][print] = true
			if source := trust.Logsource(m.Rule); !seen[source] {
				seen[source] = true
				e.observe(event, m, h.Source, fields)
			}
		}
	})
	if err == nil {
		err = failed
	}
	if err != nil {
		return err
	}
	e.chains = chains.close()
	problems, err := e.Attacks.replay(ctx, e.Program, func(event *telemetry.Event, m evaluator.Match, source string) {
		e.mark(m.Rule, event.Fingerprint())
		e.judged[event.Fingerprint()] = true // its values are shown
		e.observe(event, m, source, fields)
	})
	if err != nil {
		return err
	}
	e.partial, e.grounds = exposure.Problems+problems > 0, exposure.Grounds
	for source, b := range e.builders {
		e.corpora[source] = b.Corpus()
	}
	e.builders = nil
	return nil
}

// hide notes that filters keep a judged event from rules.
func (e *Evidence) hide(h *backtest.Hit, print string) {
	if !e.judged[print] {
		return
	}
	for _, s := range h.Suppressed {
		if e.hidden[s.Rule] == nil {
			e.hidden[s.Rule] = map[string]bool{}
		}
		e.hidden[s.Rule][print] = true
	}
}

// observe adds an event to the corpus of a rule that fires on it.
func (e *Evidence) observe(event *telemetry.Event, m evaluator.Match, source string, fields map[logsource.Logsource][]string) {
	at := trust.Logsource(m.Rule)
	if e.builders[at] == nil {
		e.builders[at] = tuning.NewBuilder(e.Table, at, fields[at])
	}
	observed := tuning.Observe(event, m.View, source)
	if print := observed.Fingerprint; e.judged[print] {
		e.values[print] = merged(e.values[print], observed.Values)
	}
	observed.Source = fmt.Sprintf("%s, day %d", source, observed.Day) // a sensor that runs on is tested on other days
	e.builders[at].Add(observed)
}

// Partial reports whether something could not be read.
func (e *Evidence) Partial() bool { return e.partial }

// judged is a rule with what verdicts say of its alerts.
type judged struct {
	rule     *compiler.Rule
	corpus   *tuning.Corpus
	input    *tuning.Input
	labels   map[string]feedback.Label
	values   map[string]map[string]string
	verdicts []string // uids of all that count
	unplaced int      // protected alerts without events
	gone     int      // judged events on which the rule does not fire in the replay
	hidden   int      // of them those that filters keep back, of a rule that fires on nothing
}

// judge gives labels to what a rule fires on. Protected is what must stay; what
// nobody judged is neither.
func (e *Evidence) judge(r *compiler.Rule) *judged {
	j := &judged{rule: r, corpus: e.corpora[trust.Logsource(r)], labels: map[string]feedback.Label{}, values: e.values}
	labels := e.State.Labels(cmp.Or(r.ID, r.Title))
	j.unplaced = labels.Unplaced[feedback.Protected]
	if j.corpus == nil || len(e.fires[r]) == 0 {
		j.gone = len(labels.Events)
		for print := range labels.Events {
			if e.hidden[r][print] {
				j.hidden++
			}
		}
		return j
	}
	c := j.corpus
	in := &tuning.Input{Rule: tuning.RuleOf(e.Program, r, r.Detection), Corpus: c, Removable: c.NewRows(), Protected: c.NewRows(), Pool: c.NewRows(), Fires: c.NewRows(), By: map[string][]string{}}
	for print := range e.fires[r] {
		row := c.Row(print)
		in.Fires.Add(row)
		label := labels.Of(print)
		switch {
		case label.Class == feedback.Protected, e.attacks[r][print]:
			in.Protected.Add(row)
		case label.Class == feedback.Supporting && label.Weight > 0:
			in.Removable.Add(row)
			in.By[print] = label.By
		default:
			continue
		}
		j.labels[print] = label
		j.verdicts = append(j.verdicts, label.Verdicts...)
	}
	for print := range e.attacks[r] {
		if !e.repeats(print, in) {
			in.Protected.Add(c.Row(print))
		}
	}
	for print := range labels.Events {
		if !e.fires[r][print] {
			j.gone++
		}
	}
	for other, prints := range e.fires {
		if other == r || trust.Logsource(other) != trust.Logsource(r) {
			continue
		}
		known := e.State.Labels(cmp.Or(other.ID, other.Title))
		for print := range prints {
			if label := known.Of(print); label.Class == feedback.Supporting && label.Weight > 0 {
				continue // no attack for the other rule either: the two may share the cause
			}
			in.Pool.Add(c.Row(print))
		}
	}
	slices.Sort(j.verdicts)
	j.verdicts = slices.Compact(j.verdicts)
	in.Missing = func(rows tuning.Rows) []string { return j.missing(&e.Support, rows) }
	j.input = in
	return j
}

// missing says what the policy for verdicts wants behind an exclusion, and is not
// there.
func (j *judged) missing(p *feedback.Policy, rows tuning.Rows) []string {
	var all []feedback.Supporter
	rows.Each(func(row int) {
		print := j.corpus.Fingerprint(row)
		host, user, day := j.corpus.Context(row)
		s := feedback.Supporter{Label: j.labels[print], Cluster: fmt.Sprint(j.corpus.Cause(row)), Host: host, User: user}
		if day != 0 {
			s.Time = time.Unix(int64(day)*86400, 0).UTC()
		}
		all = append(all, s)
	})
	var out []string
	for _, s := range p.Support(all) {
		out = append(out, s.Message)
	}
	return out
}

// merged adds the values that an event has under a further view.
func merged(all, more map[string]string) map[string]string {
	if all == nil {
		return more
	}
	for k, v := range more {
		if _, known := all[k]; !known {
			all[k] = v
		}
	}
	return all
}
