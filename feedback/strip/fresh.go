package main

import (
	"fmt"
	"io"

	"github.com/socctl/socctl/feedback/tuning"
)

// Rules whose exclusions hide events of one recording alone were in no split: there is
// nothing to learn from in one recording and to find again in another. So no policy was
// chosen on them, nor measured. What they can show is loss: the tuner is told of that
// recording and of a part of the others, learns from half of the events that the
// exclusions hide there and tests on the other half, and what it proposes is held
// against what must stay in recordings that it has not seen. What it removes is counted
// in the recording that taught it, so that abstaining does not pass.

// taught puts the recording that holds something removable in the part to learn from.
func (s *subject) taught(parts [3]tuning.Rows) [3]tuning.Rows {
	source := ""
	s.removable.Each(func(row int) { source = s.corpus.Source(row) })
	for row := range s.corpus.Len() {
		if s.corpus.Source(row) != source {
			continue
		}
		for i := range parts {
			if one := s.corpus.NewRows(); i == learnPart {
				parts[i].Add(row)
			} else {
				one.Add(row)
				parts[i].Minus(one)
			}
		}
	}
	return parts
}

// halves shares out the events of the recording that teaches, and the other recordings.
func (s *subject) halves(p *tuning.Policy, known tuning.Rows, seed int) []tuning.Trial {
	var out []tuning.Trial
	for round := range max(1, p.Rounds) {
		a, b := s.corpus.NewRows(), s.corpus.NewRows()
		known.Each(func(row int) {
			what := s.corpus.Source(row)
			if s.removable.Has(row) {
				what = s.corpus.Fingerprint(row)
			}
			if chance(fmt.Sprint("half ", round, seed, s.rule.ID, what)) < 0.5 {
				a.Add(row)
			} else {
				b.Add(row)
			}
		})
		out = append(out, tuning.Trial{Learn: a, Unseen: b})
		if p.Rounds > 0 {
			out = append(out, tuning.Trial{Learn: b, Unseen: a})
		}
	}
	return out
}

// fewest is how many removable events a rule of the fresh part has at least.
const fewest = 4

func (o *options) fresh(w io.Writer, all []*subject) {
	var subjects []*subject
	for _, s := range all {
		if s.sources == 1 && s.removable.Count() >= fewest && s.protected.Count() > 0 {
			subjects = append(subjects, s)
		}
	}
	fmt.Fprint(w, header("policy"))
	for _, p := range measured(o.only) {
		e := experiment{name: p.Name, policy: p, seeds: seeds, single: true}
		found := e.run(subjects, o.workers)
		fmt.Fprint(w, line(p.Name, summarise(found)))
		if o.verbose {
			list(w, p.Name, found)
		}
	}
	fmt.Fprintln(w)
}
