package main

import (
	"fmt"
	"io"
	"math"

	"github.com/socctl/socctl/feedback/tuning"
)

// ablation is the policy with one thing changed.
type ablation struct {
	name   string
	change func(*tuning.Policy)
}

// hard are the guards that decide what is proposed at all, and the other rules of the
// policy, each left out.
func hard() []ablation {
	return []ablation{
		{"nothing left out", func(*tuning.Policy) {}},
		{"G1, known attacks", func(p *tuning.Policy) { p.Without, p.OpenKnown = "G1", false }},
		{"G2, alerts of other rules", func(p *tuning.Policy) { p.PoolShare, p.PoolWeight, p.MinLift = 1, 0, 0 }},
		{"G3, calibration", func(p *tuning.Policy) { p.Calibration, p.Untested = 0, true }},
		{"G4, a field that the rule leaves open", func(p *tuning.Policy) { p.Without = "G4" }},
		{"one of G2 and G5 where eight attacks are known, G5 instead", func(p *tuning.Policy) { p.Either = math.MaxInt }},
		{"G5 alone where fewer are known, G2 too", func(p *tuning.Policy) { p.Either = 0 }},
		{"3 of 3 where no attack is known", func(p *tuning.Policy) { p.Unproven = 0 }},
		{"G5, what attackers have anyway", func(p *tuning.Policy) { p.Without, p.OpenKnown, p.OpenShare = "G5", false, 0 }},
		{"of G5: accounts do not save", func(p *tuning.Policy) { p.Firm = false }},
		{"of G5: descriptions do not save", func(p *tuning.Policy) { p.Plain = false }},
		{"of G5: what saves, held against known attacks", func(p *tuning.Policy) { p.OpenKnown = false }},
		{"of G5: what saves, held against other rules' alerts", func(p *tuning.Policy) { p.OpenShare = 0 }},
		{"lift over the pool", func(p *tuning.Policy) { p.MinLift = 0 }},
		{"least share of a clause", func(p *tuning.Policy) { p.MinShare = 0 }},
		{"three rounds, one instead", func(p *tuning.Policy) { p.Rounds = 1 }},
		{"more general variants", func(p *tuning.Policy) { p.Generalise = false }},
	}
}

// guards leaves out each guard in turn. Those that only decide whether a person has to
// look are left out of that decision, and then made to reject.
func (o *options) guards(w io.Writer, all []*subject) {
	subjects := chosen(all, o.parts)
	run := func(change func(*tuning.Policy)) summary {
		p := tuning.Default()
		change(&p)
		e := experiment{policy: p, seeds: seeds}
		return summarise(e.run(subjects, o.workers))
	}
	fmt.Fprint(w, header("left out"))
	for _, p := range []tuning.Policy{tuning.Default(), abstaining()} {
		e := experiment{policy: p, seeds: seeds, oracle: true}
		fmt.Fprint(w, line(p.Name+", and everything is known", summarise(e.run(subjects, o.workers))))
	}
	for _, a := range hard() {
		fmt.Fprint(w, line(a.name, run(a.change)))
	}
	fmt.Fprintln(w)
}

// lanes examines what is found without each guard that only decides whether a person
// has to look, and with it rejecting.
func (o *options) lanes(w io.Writer, all []*subject) {
	subjects := chosen(all, o.parts)
	fmt.Fprint(w, "| guard | automatic clauses without it | removed by those | lost by those | removed if it rejected, pooled | mean | lost |\n|---|--:|--:|--:|--:|--:|--:|\n")
	e := experiment{policy: tuning.Default(), seeds: seeds}
	var names []string
	for _, g := range tuning.Guards() {
		if g.Hard {
			continue
		}
		without, harden := tuning.Default(), tuning.Default()
		without.Without, harden.Harden = g.ID, g.ID
		e.also = append(e.also, without, harden)
		names = append(names, g.ID+", "+g.Name)
	}
	found := e.run(subjects, o.workers)
	of := func(n int) summary {
		var all []outcome
		for _, x := range found {
			all = append(all, x.also[n])
		}
		return summarise(all)
	}
	for i, name := range names {
		without, harden := of(2*i), of(2*i+1)
		fmt.Fprintf(w, "| %s | %d | %d | %d | %.1f %% | %.1f %% | %d of %d |\n", name, without.auto, without.autoRemoved, without.autoLost,
			100*harden.pooled(), 100*harden.mean, harden.lost, harden.protected)
	}
	fmt.Fprintln(w)
}
