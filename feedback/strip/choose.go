package main

import (
	"fmt"
	"io"
	"math"
	"os"
	"slices"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/feedback/tuning"
)

// scenario is how much is known of the attacks of a rule.
type scenario struct {
	name  string
	seeds int
	spoil func(*subject, int, *telling)
}

// nothing is the scenario in which no attack is known.
const nothing = "nothing"

func scenarios() []scenario {
	return []scenario{
		{"all that is in the known parts", seeds, nil},
		{"three events at most", seeds, scarce(3)},
		{nothing, seeds, scarce(0)},
	}
}

// small is how many removable events a rule may have here: the ones with more take most
// of the time, and pooled figures would be about them alone.
const small = 20_000

// choose compares policies on rules for development, as they are without their
// exclusions and widened, and where an attack is known but in the last scenario.
func (o *options) choose(w io.Writer, p *compiler.Program, all []*subject) error {
	large := func(s *subject) bool { return s.removable.Count() > small }
	wide, err := o.rehearsal(p)
	if err != nil {
		return err
	}
	for _, on := range []struct {
		name     string
		subjects []*subject
	}{{"Without their exclusions", slices.DeleteFunc(chosen(all, "dev"), large)}, {"Widened", wide}} {
		for _, s := range scenarios() {
			fmt.Fprintf(w, "%s, known: %s\n\n| policy | rules | splits | with a proposal | pooled | mean | lost | mean lost | splits that lose any |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|\n", on.name, s.name)
			for _, p := range candidates(s.name) {
				e := experiment{name: p.Name, policy: p, seeds: s.seeds, spoil: s.spoil}
				found := e.run(on.subjects, o.workers)
				if s.name != nothing {
					found = told(found)
				}
				if o.verbose {
					list(os.Stderr, on.name+", "+s.name+", "+p.Name, found)
				}
				x := summarise(found)
				fmt.Fprintf(w, "| %s | %d | %d | %d | %.1f %% | %.1f %% | %d of %d | %.2f %% | %d of %d |\n", p.Name, x.rules, x.splits, x.proposing, 100*x.pooled(), 100*x.mean,
					x.lost, x.protected, 100*x.meanLost, x.lossy, x.losable)
			}
			fmt.Fprintln(w)
		}
	}
	return nil
}

// candidates are the policies that were compared in a scenario.
func candidates(scenario string) []tuning.Policy {
	vary := func(name string, change func(*tuning.Policy)) tuning.Policy {
		p := tuning.Default()
		change(&p)
		p.Name = name
		return p
	}
	if scenario == nothing {
		out := []tuning.Policy{tuning.Prototype()}
		for _, x := range []float64{0, 2, 3} {
			out = append(out, vary(fmt.Sprintf("G2 and G5, and %g of 3 needed", x), func(p *tuning.Policy) { p.Unproven = x }))
		}
		return out
	}
	out := []tuning.Policy{tuning.Prototype(), vary("G5", func(p *tuning.Policy) { p.Either = math.MaxInt })}
	for _, n := range []int{8, 3, 1} {
		out = append(out, vary(fmt.Sprintf("G5, or G2 from %d attacks on", n), func(p *tuning.Policy) { p.Either = n }))
	}
	return append(out, vary("G5, or neither from 8 on", func(p *tuning.Policy) { p.PoolShare, p.MinLift = 1, 0 }))
}
