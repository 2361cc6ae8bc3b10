package main

import (
	"math"
	"slices"
	"sync"
	"time"

	"github.com/socctl/socctl/feedback"
	"github.com/socctl/socctl/feedback/tuning"
)

// experiment is one way to run the tuner over all subjects.
type experiment struct {
	name   string
	policy tuning.Policy
	seeds  int
	single bool // for rules that only one recording teaches, see fresh
	// spoil changes what the tuner is told; nil for the truth.
	spoil func(s *subject, seed int, told *telling)
	// also are policies under which what is found is examined besides.
	also []tuning.Policy
	// oracle tells the tuner of the test part too: what it then removes there is about the
	// most that the clauses and guards of a policy let it remove.
	oracle bool
	// rival proposes instead of our tuner; nil for ours.
	rival *rival
}

// telling is what the tuner is told of the alerts of a rule.
type telling struct {
	known                tuning.Rows
	removable, protected tuning.Rows
	by                   map[string][]string // who judged
	poisoned             tuning.Rows         // attacks that are told to be harmless on purpose
	untold               tuning.Rows         // protected events of the known parts that the tuner is not told of; nil for none
}

// outcome is what a policy did on one rule under one split.
type outcome struct {
	subject            *subject
	seed               int
	removable, removed int // in the test part
	protected, lost    int
	vetted, vettedLost int
	parts              [3][2]int // removable and protected events of each part
	clauses            []tuning.Calibrated
	lanes              []tuning.Lane
	auto               int // clauses that nobody would have to look at
	autoRemoved        int
	autoLost           int
	poisoned           bool // there was something to poison
	poisonedAuto       bool // and it is hidden without anybody looking
	poisonedAny        bool // or in any lane
	took               time.Duration
	also               []outcome // under the further policies
	answer             *answer   // of another tuner, nil for ours
	gutted             bool      // nothing that the rule fires on is left
}

// run runs an experiment; in parallel, with results in order.
func (e *experiment) run(subjects []*subject, workers int) []outcome {
	out := make([]outcome, len(subjects)*e.seeds)
	var wg sync.WaitGroup
	next := make(chan int)
	for range workers {
		wg.Go(func() {
			for i := range next {
				out[i] = e.one(subjects[i/e.seeds], i%e.seeds)
			}
		})
	}
	for i := range out {
		next <- i
	}
	close(next)
	wg.Wait()
	return slices.DeleteFunc(out, func(o outcome) bool { return o.removable == 0 })
}

func (e *experiment) one(s *subject, seed int) outcome {
	began := time.Now()
	o := outcome{subject: s, seed: seed}
	parts := s.parts(seed)
	if e.single {
		parts = s.taught(parts)
	}
	for i, p := range parts {
		o.parts[i] = [2]int{s.removable.And(p).Count(), s.protected.And(p).Count()}
	}
	o.removable, o.protected = o.parts[testPart][0], o.parts[testPart][1]
	if e.single {
		o.removable = o.parts[learnPart][0] + o.parts[calibratePart][0]
	} else if o.removable == 0 || o.parts[learnPart][0] == 0 {
		o.removable = 0
		return o
	}
	test := parts[testPart]
	if e.oracle {
		parts[calibratePart].Join(test)
		parts[testPart] = s.corpus.NewRows()
	}
	told := s.truth(parts)
	if e.spoil != nil {
		e.spoil(s, seed, told)
	}
	in := s.told(told, parts)
	if e.single {
		in.Trials = s.halves(&e.policy, told.known, seed)
	} else if e.policy.Rounds > 0 {
		in.Trials = tuning.Trials(&e.policy, s.corpus, told.known, told.removable, told.protected, s.rule.ID, nil)
	}
	if told.untold != nil {
		o.protected += told.untold.Count()
	}
	if e.rival != nil {
		o.rivalled(e, s, in, told, test)
		o.took = time.Since(began)
		return o
	}
	o.clauses = tuning.Tune(e.policy, in)
	found := o
	o.measure(e, s, in, told, test)
	for _, p := range e.also {
		x, again := *e, found
		x.policy = p
		again.measure(&x, s, in, told, test)
		o.also = append(o.also, again)
	}
	o.took = time.Since(began)
	return o
}

// parts are the events of a corpus by their part in a split.
func (s *subject) parts(seed int) (parts [3]tuning.Rows) {
	for i := range parts {
		parts[i] = s.corpus.NewRows()
	}
	for row := range s.corpus.Len() {
		parts[partOf(seed, s.corpus.Source(row))].Add(row)
	}
	return parts
}

// truth is what an organisation would know that has seen two parts. Three people
// share the work.
func (s *subject) truth(parts [3]tuning.Rows) *telling {
	t := &telling{known: parts[learnPart].And(parts[learnPart]), by: map[string][]string{}, poisoned: s.corpus.NewRows()}
	t.known.Join(parts[calibratePart])
	t.removable, t.protected = s.removable.And(t.known), s.protected.And(t.known)
	fires := t.removable.And(t.removable)
	fires.Join(t.protected)
	fires.Each(func(row int) {
		print := s.corpus.Fingerprint(row)
		t.by[print] = []string{"person-" + print[len(print)-1:]}
	})
	return t
}

func (s *subject) told(t *telling, parts [3]tuning.Rows) *tuning.Input {
	pool := s.pool.And(s.pool)
	pool.Minus(parts[testPart])
	fires := s.removable.And(t.known)
	fires.Join(s.protected.And(t.known))
	return &tuning.Input{Rule: s.input, Corpus: s.corpus, Removable: t.removable, Protected: t.protected, Pool: pool, Fires: fires, By: t.by,
		Trials: []tuning.Trial{{Learn: parts[learnPart], Unseen: parts[calibratePart]}}}
}

func (o *outcome) measure(e *experiment, s *subject, in *tuning.Input, told *telling, test tuning.Rows) {
	all, auto := s.corpus.NewRows(), s.corpus.NewRows()
	for i := range o.clauses {
		k := &o.clauses[i]
		covered := s.corpus.Covered(k.Clause)
		_, lane := tuning.Examine(&e.policy, in, k)
		o.lanes = append(o.lanes, lane)
		if lane == tuning.Rejected && e.policy.Harden != "" {
			continue
		}
		all.Join(covered)
		if lane == tuning.Auto {
			o.auto++
			auto.Join(covered)
		}
	}
	o.poisoned = told.poisoned.Count() > 0
	o.poisonedAny, o.poisonedAuto = all.And(told.poisoned).Count() > 0, auto.And(told.poisoned).Count() > 0
	auto = auto.And(test)
	o.autoRemoved, o.autoLost = auto.And(s.removable).Count(), auto.And(s.protected).Count()
	o.count(e, s, told, all, test, func(values map[string]string) bool {
		return slices.ContainsFunc(o.clauses, func(k tuning.Calibrated) bool { return k.Clause.Matches(values) })
	})
}

// count counts what is removed and lost by what hides some events.
func (o *outcome) count(e *experiment, s *subject, told *telling, all, test tuning.Rows, hides func(map[string]string) bool) {
	if told.untold != nil {
		o.lost += all.And(told.untold).Count()
	}
	o.gutted = s.removable.And(all).Count()+s.protected.And(all).Count() == s.removable.Count()+s.protected.Count()
	tested := all.And(test)
	o.removed, o.lost = tested.And(s.removable).Count(), o.lost+tested.And(s.protected).Count()
	if e.single {
		o.removed = all.And(s.removable).Count()
	}
	for _, values := range s.vetted {
		o.vetted++
		o.vettedLost += one(hides(values))
	}
}

// proposes reports whether there is anything that could be accepted.
func (o *outcome) proposes() bool {
	return len(o.clauses) > 0 || o.answer != nil && o.answer.filter != ""
}

// summary is an experiment over all splits.
type summary struct {
	rules, splits, proposing int
	clauses, auto            int
	removable, removed       int
	autoRemoved, autoLost    int
	mean, median             float64 // of the share removed, over splits
	protected, lost          int
	lossy                    int     // splits that lose anything
	losable                  int     // splits with anything to lose
	meanLost                 float64 // of the share lost, over those
	vetted, vettedLost       int
	vettedRules              int
	poisoned                 int // splits with something to poison
	poisonedAuto             int
	poisonedAny              int
	tiers                    map[tuning.Tier]int
}

func summarise(all []outcome) summary {
	s := summary{tiers: map[tuning.Tier]int{}}
	rules := map[*subject]bool{}
	var shares []float64
	for _, o := range all {
		if !rules[o.subject] && o.vetted > 0 {
			s.vettedRules++
		}
		rules[o.subject] = true
		s.splits++
		s.proposing += one(o.proposes())
		s.lossy += one(o.lost > 0)
		if o.protected > 0 {
			s.losable++
			s.meanLost += ratio(o.lost, o.protected)
		}
		s.clauses, s.auto = s.clauses+len(o.clauses), s.auto+o.auto
		s.removable, s.removed = s.removable+o.removable, s.removed+o.removed
		s.autoRemoved, s.autoLost = s.autoRemoved+o.autoRemoved, s.autoLost+o.autoLost
		s.protected, s.lost = s.protected+o.protected, s.lost+o.lost
		s.vetted, s.vettedLost = s.vetted+o.vetted, s.vettedLost+o.vettedLost
		s.poisoned += one(o.poisoned)
		s.poisonedAuto += one(o.poisonedAuto)
		s.poisonedAny += one(o.poisonedAny)
		shares = append(shares, float64(o.removed)/float64(o.removable))
		for _, k := range o.clauses {
			s.tiers[k.Tier]++
		}
	}
	s.rules = len(rules)
	s.meanLost /= float64(max(1, s.losable))
	if len(shares) > 0 {
		slices.Sort(shares)
		s.median = shares[len(shares)/2]
		for _, x := range shares {
			s.mean += x / float64(len(shares))
		}
	}
	return s
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

// pooled returns the share of all removable events that were removed.
func (s *summary) pooled() float64 { return ratio(s.removed, s.removable) }

// lossBounds returns the exact two-sided 95 % interval of the share of protected
// events that are lost.
func (s *summary) lossBounds() (lower, upper float64) {
	return feedback.Proportion(s.lost, s.protected, 0.95)
}

func ratio(k, n int) float64 {
	if n == 0 {
		return math.NaN()
	}
	return float64(k) / float64(n)
}
