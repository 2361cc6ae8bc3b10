package proposal

import (
	"github.com/socctl/socctl/feedback/calibration"
	"github.com/socctl/socctl/feedback/tuning"
)

// Calibration says what of the alerts that were judged to be no attack is left for
// tests. What has tested one clause counts for no other.
type Calibration struct {
	Clusters int `json:"clusters"` // of all of them
	Before   int `json:"before"`   // that had tested clauses in earlier runs
	Left     int `json:"left"`     // that have not, after this run
	Tests    int `json:"tests"`    // sequences of clauses that were tested before
	Needed   int `json:"needed"`   // of clusters, for the weakest tier

	added []calibration.Record
}

func calibrationOf(in *tuning.Input) *Calibration {
	before, left := in.Corpus.NewRows(), in.Corpus.NewRows()
	in.Removable.Each(func(row int) {
		print := in.Corpus.Fingerprint(row)
		if in.Calibration.Opened(print) {
			before.Add(row)
		}
		if !in.Calibration.Spent(print) {
			left.Add(row)
		}
	})
	count := func(rows tuning.Rows) int { return in.Corpus.Support(rows).Clusters }
	return &Calibration{Clusters: count(in.Removable), Before: count(before), Left: count(left), Tests: in.Calibration.Tests(),
		Needed: in.Needed(), added: in.Calibration.Added()}
}

// Spent returns what this run has tested, for the ledger of calibration.
func (r *Report) Spent() []calibration.Record {
	var out []calibration.Record
	for i := range r.Rules {
		if c := r.Rules[i].Calibration; c != nil {
			out = append(out, c.added...)
		}
	}
	return out
}
