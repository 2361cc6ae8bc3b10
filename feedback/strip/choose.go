package main

import (
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/socctl/socctl/feedback/tuning"
)

// scenario is a way to ask on the development part how a policy does where little is
// known, which that part alone hardly shows.
type scenario struct {
	name  string
	seeds int
	spoil func(*subject, int, *telling)
}

func scenarios() []scenario {
	return []scenario{
		{"Eight splits", 8, nil},
		{"Four splits, and none of the attacks is known", 4, scarce(0)},
	}
}

// small is how many removable events a rule may have here: the two with more take most
// of the time and say little about what is scarce.
const small = 2000

// choose compares policies in every scenario.
func (o *options) choose(w io.Writer, all []*subject, policies []tuning.Policy) {
	subjects := slices.DeleteFunc(chosen(all, "dev"), func(s *subject) bool { return s.removable.Count() > small })
	for _, s := range scenarios() {
		fmt.Fprintf(w, "%s\n\n| policy | splits | with a proposal | pooled | mean | lost | mean lost | splits that lose any | vetted lost |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|\n", s.name)
		for _, p := range policies {
			e := experiment{name: p.Name, policy: p, seeds: s.seeds, spoil: s.spoil}
			found := e.run(subjects, o.workers)
			if o.verbose {
				list(os.Stderr, s.name+", "+p.Name, found)
			}
			x := summarise(found)
			fmt.Fprintf(w, "| %s | %d | %d | %.1f %% | %.1f %% | %d of %d | %.2f %% | %d of %d | %d of %d |\n", p.Name, x.splits, x.proposing, 100*x.pooled(), 100*x.mean,
				x.lost, x.protected, 100*x.meanLost, x.lossy, x.losable, x.vettedLost, x.vetted)
		}
		fmt.Fprintln(w)
	}
}

// candidates are the policies that were compared.
func candidates() []tuning.Policy {
	vary := func(name string, change func(*tuning.Policy)) tuning.Policy {
		p := first()
		p.Name, p.Strict, p.Large = name, true, 20_000
		change(&p)
		return p
	}
	open := func(p *tuning.Policy) { p.OpenKnown, p.OpenShare = true, 0.2 }
	return []tuning.Policy{
		tuning.Prototype(),
		vary("before", func(*tuning.Policy) {}),
		vary("what saves, held against known attacks", func(p *tuning.Policy) { p.OpenKnown = true }),
		vary("and against other rules' alerts, and accounts do not save (third)", func(p *tuning.Policy) { open(p); p.Firm = true }),
		vary("and descriptions do not (default)", func(p *tuning.Policy) { open(p); p.Firm, p.Plain = true, true }),
		vary("and three unseen clusters where fewer than three attacks are known", func(p *tuning.Policy) {
			open(p)
			p.Firm, p.Plain, p.Scarce, p.ScarceCalibration = true, true, 3, 3
		}),
	}
}
