package tuning

import "github.com/socctl/socctl/feedback/calibration"

// Claim is what unseen alerts say of a clause, and what may be claimed by that.
type Claim struct {
	Tested Tested
	Delta  float64 // how often the sequence that the clause was tested in may claim anything wrongly
	Tier   Tier
}

// PathShare is the part of an error that is kept for what clauses are generalised to. More
// would take the tier from more clauses than it gives a more general form, see
// docs/tuning-benchmark.md.
const PathShare = 0.1

// Errors divides the error of a trial. One part is that of the clauses as they were
// learnt, which are tested in one sequence; the other is shared by as many paths of
// more general variants, each of which is a sequence of its own. So the chance that
// any of these sequences certifies anything wrongly is at most delta.
func Errors(delta float64, paths int) (learnt, path float64) {
	return delta * (1 - PathShare), delta * PathShare / float64(max(1, paths))
}

// Needed is how many unseen clusters the weakest tier needs, of a clause as it was learnt.
func (in *Input) Needed() int {
	learnt, _ := Errors(in.error(), 0)
	return A3.Needed(learnt)
}

// error is that of each trial.
func (in *Input) error() float64 { return Delta / float64(len(in.Trials)) }

// claims tests clauses and what they were generalised to: the path of a clause only if
// that reached a tier, since else there is nothing that a step could keep.
func (in *Input) claims(found []Candidate, t Trial, delta float64) [][]Claim {
	var learnt []Clause
	paths := 0
	for _, c := range found {
		learnt = append(learnt, c.Variants[0])
		paths += min(1, len(c.Variants)-1)
	}
	first, path := Errors(delta, paths)
	out := make([][]Claim, len(found))
	for i, claim := range in.tested(learnt, t, first, true) {
		out[i] = append([]Claim{claim}, in.tested(found[i].Variants[1:], t, path, claim.Tier != B)...)
	}
	return out
}

// tested tests clauses in a sequence. One that is not opened only counts what is left
// for it: nothing is claimed, and nothing spent.
func (in *Input) tested(sequence []Clause, t Trial, delta float64, open bool) []Claim {
	rows := make([]Rows, len(sequence))
	tested := make([]Tested, len(sequence))
	protected := in.Protected.and(t.Unseen)
	for i, c := range sequence {
		covered := in.Corpus.Covered(c)
		rows[i] = covered.and(in.Removable).and(t.Unseen)
		tested[i].Lost = covered.common(protected)
	}
	spent := in.counted(sequence, t.Name, rows, delta)
	out := make([]Claim, len(sequence))
	for i := range sequence {
		tested[i].Clusters = in.Corpus.Support(rows[i]).Clusters
		out[i] = Claim{tested[i], delta, B}
	}
	if !open {
		return out
	}
	for i, tier := range Certify(tested, delta) {
		out[i].Tier = tier
	}
	if in.Calibration != nil {
		spent.Tests = spent.Tests[:looked(tested, delta)]
		in.Calibration.Spend(spent)
	}
	return out
}

// counted leaves in rows what the ledger of calibration lets count, and returns that
// as a sequence.
func (in *Input) counted(sequence []Clause, trial string, rows []Rows, delta float64) calibration.Sequence {
	s := calibration.Sequence{Trial: trial, Error: delta}
	if in.Calibration == nil {
		return s
	}
	for i, c := range sequence {
		test := calibration.Test{Clause: c.String()}
		rows[i].Each(func(row int) { test.Alerts = append(test.Alerts, in.Corpus.Fingerprint(row)) })
		s.Tests = append(s.Tests, test)
	}
	for i, alerts := range in.Calibration.Counted(s) {
		if len(alerts) == len(s.Tests[i].Alerts) {
			continue
		}
		s.Tests[i].Alerts = alerts
		rows[i] = in.Corpus.NewRows()
		for _, a := range alerts {
			rows[i].Add(in.Corpus.Row(a))
		}
	}
	return s
}

// looked returns how many clauses of a sequence were tested: up to the first that
// failed, or that had too few alerts for any tier, whatever they are.
func looked(tested []Tested, delta float64) int {
	for i, x := range tested {
		switch {
		case x.Clusters+x.Lost < A3.Needed(delta):
			return i
		case x.Lost > 0:
			return i + 1
		}
	}
	return len(tested)
}
