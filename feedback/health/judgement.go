package health

import (
	"cmp"
	"slices"
	"time"

	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/feedback"
)

// Judgement sums up the verdicts on a rule as it is, in the form that coverage
// reads. Its counts are of root causes, as those of Precision: an alert whose context
// neither its verdict nor the replay tells is a cause of its own.
type Judgement struct {
	Rule   string    `json:"rule"` // id
	Hash   string    `json:"hash"`
	True   int       `json:"true"`
	False  int       `json:"false"`  // contested ones included
	Latest time.Time `json:"latest"` // verdict that says anything
	// Benign says whether the rule keeps its budget in recordings that are known to
	// be benign, by the interval of its rate; nil if that is not certain.
	Benign *bool `json:"benign_within_budget"`
}

// Judgements returns those of all rules and correlations with an id on which there
// is a verdict that tells, by id. Of Input.Replay all recordings are taken to be
// benign; without one nothing is known of Benign.
func (in *Input) Judgements() []Judgement {
	out := []Judgement{}
	states := in.budgetStates()
	add := func(id, hash, place string) {
		if id == "" {
			return
		}
		_, p := in.observations(id, hash)
		if !p.judged() {
			return
		}
		j := Judgement{Rule: id, Hash: hash, True: p.True, False: p.False + p.Contested, Latest: in.latest(id, hash)}
		if state := states[place]; state == backtest.Within || state == backtest.Exceeded {
			within := state == backtest.Within
			j.Benign = &within
		}
		out = append(out, j)
	}
	for _, r := range in.Program.Rules {
		add(r.ID, r.Hash, PlaceOf(r.Source))
	}
	for _, c := range in.Program.Correlations {
		add(c.ID, c.Hash, PlaceOf(c.Source))
	}
	slices.SortStableFunc(out, func(a, b Judgement) int { return cmp.Or(cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Hash, b.Hash)) })
	return out
}

// budgetStates returns whether budgets are kept, by place.
func (in *Input) budgetStates() map[string]backtest.State {
	out := map[string]backtest.State{}
	for place, v := range in.volumes() {
		if v.Budget != nil && !in.Replay.Partial {
			out[place] = v.Budget.State
		}
	}
	return out
}

// latest returns the time of the latest verdict that is counted.
func (in *Input) latest(key, hash string) (at time.Time) {
	for _, a := range in.State.Labels(key).Alerts() {
		if a.Class == feedback.Unknown || in.older(key, hash, a) {
			continue
		}
		if a.Last.After(at) {
			at = a.Last
		}
	}
	return at
}

// older reports whether an alert is one of the rule as it was.
func (in *Input) older(key, hash string, a *feedback.AlertState) bool {
	_, fires := in.sighting(key, a)
	return a.Alert.RuleHash != hash && a.Alert.RuleHash != "" && !fires
}
