package main

import (
	"fmt"
	"io"
	"math/rand/v2"

	"github.com/socctl/socctl/feedback/tuning"
)

// world is clauses of a rule, each followed by what it was generalised to, with their
// true risks and what unseen alerts say of them. A variant hides other clusters than
// the one before: a comparison that was replaced holds on what taught it, and elsewhere
// on what it may.
type world struct {
	kind   kind
	risks  [][]float64
	tested [][]tuning.Tested
	paths  int
	naive  bool // a bound by alerts instead of clusters is wrong
}

// kind says how bad the risks of a world are.
type kind int

const (
	mixed     kind = iota // anything
	allHard               // just above what a tier allows, and there are just enough clusters for it
	stepsHard             // the same, but clauses hide no attack as they were learnt
)

func worldOf(random *rand.Rand) *world {
	w := &world{kind: kind(max(0, random.IntN(4)-1))}
	steps := make([]int, 1+random.IntN(8))
	for i := range steps {
		steps[i] = max(0, random.IntN(9)-3) // a third has none
		w.paths += one(steps[i] > 0)
	}
	learnt, path := tuning.Errors(tuning.Delta, w.paths)
	tier := tuning.Tiers()[random.IntN(3)]
	for i, n := range steps {
		w.risks, w.tested = append(w.risks, nil), append(w.tested, nil)
		for k := range n + 1 {
			risk := []float64{0, 0.002, 0.008, 0.012, 0.03, 0.06, 0.11, 0.2, 0.4}[random.IntN(9)]
			clusters := 1 + random.IntN(1<<(1+random.IntN(10)))
			if w.kind != mixed {
				risk, clusters = tier.Share()*(1+random.Float64()/5), tier.Needed(learnt)+random.IntN(10)
				if few := random.IntN(2) == 0; k > 0 && few {
					clusters = 1 + random.IntN(clusters) // of what taught it all is hidden, and elsewhere perhaps little
				} else if k > 0 {
					clusters = tier.Needed(path) + random.IntN(10)
				}
			}
			if k == 0 && w.kind == stepsHard {
				risk = 0
			}
			w.add(random, i, risk, clusters)
		}
	}
	return w
}

// add draws unseen alerts, which come in clusters of very different size: all alerts of
// a cluster are malicious or none is.
func (w *world) add(random *rand.Rand, clause int, risk float64, clusters int) {
	lost, alerts := 0, 0
	for range clusters {
		size := 1 << random.IntN(8)
		alerts += size
		if random.Float64() < risk {
			lost += size
		}
	}
	w.risks[clause] = append(w.risks[clause], risk)
	w.tested[clause] = append(w.tested[clause], tuning.Tested{Clusters: clusters, Lost: lost})
	w.naive = w.naive || lost == 0 && risk > tuning.Bound(alerts, tuning.Delta)
}

// claims gives tiers to all variants of all clauses, more than are ever claimed: of a
// clause one variant is proposed.
func (w *world) claims() [][]tuning.Tier {
	learnt, path := tuning.Errors(tuning.Delta, w.paths)
	return w.tiers(learnt, func(_ tuning.Tier, steps []tuning.Tested) []tuning.Tier {
		return tuning.Certify(steps, path)
	})
}

// lent gives steps the tier of what was learnt as long as none of their alerts is
// malicious, as if they needed no test.
func (w *world) lent() [][]tuning.Tier {
	return w.tiers(tuning.Delta, func(tier tuning.Tier, steps []tuning.Tested) []tuning.Tier {
		var out []tuning.Tier
		for _, x := range steps {
			if x.Lost > 0 {
				tier = tuning.B
			}
			out = append(out, tier)
		}
		return out
	})
}

func (w *world) tiers(delta float64, steps func(tuning.Tier, []tuning.Tested) []tuning.Tier) [][]tuning.Tier {
	var learnt []tuning.Tested
	for _, path := range w.tested {
		learnt = append(learnt, path[0])
	}
	out := make([][]tuning.Tier, len(w.tested))
	for i, tier := range tuning.Certify(learnt, delta) {
		if out[i] = []tuning.Tier{tier}; tier != tuning.B {
			out[i] = append(out[i], steps(tier, w.tested[i][1:])...)
		}
	}
	return out
}

// wrong returns the tiers of which a claim is not so: A1 claims what A2 and A3 claim too.
func (w *world) wrong(claims [][]tuning.Tier) map[tuning.Tier]bool {
	out := map[tuning.Tier]bool{}
	for i, path := range claims {
		for n, t := range path {
			for _, weaker := range tuning.Tiers() {
				if t != tuning.B && weaker.Share() >= t.Share() && w.risks[i][n] > weaker.Share() {
					out[weaker] = true
				}
			}
		}
	}
	return out
}

// worlds counts in how many simulated worlds a certificate claims too much.
func worlds(out io.Writer, n int) {
	random := rand.New(rand.NewPCG(10, 2026))
	learnt, steps, wrong := map[tuning.Tier]int{}, map[tuning.Tier]int{}, map[tuning.Tier]int{}
	kinds, anyTier, lent, naive := [3]int{}, [3]int{}, [3]int{}, 0
	for range n {
		w := worldOf(random)
		claims := w.claims()
		for _, path := range claims {
			learnt[path[0]]++
			for _, t := range path[1:] {
				steps[t]++
			}
		}
		mistakes := w.wrong(claims)
		for t := range mistakes {
			wrong[t]++
		}
		kinds[w.kind]++
		anyTier[w.kind] += one(len(mistakes) > 0)
		lent[w.kind] += one(len(w.wrong(w.lent())) > 0)
		naive += one(w.naive)
	}
	fmt.Fprintf(out, "%d simulated worlds, seed 10 2026; of the clauses as they were learnt %d A1, %d A2, %d A3, %d B; of what those with a tier were generalised to %d A1, %d A2, %d A3, %d B.\n\n", n,
		learnt[tuning.A1], learnt[tuning.A2], learnt[tuning.A3], learnt[tuning.B], steps[tuning.A1], steps[tuning.A2], steps[tuning.A3], steps[tuning.B])
	fmt.Fprint(out, "| claim | worlds in which it is wrong for any clause | share |\n|---|--:|--:|\n")
	row := func(claim string, k, n int) {
		fmt.Fprintf(out, "| %s | %d | %.2f %% |\n", claim, k, 100*ratio(k, n))
	}
	for _, t := range tuning.Tiers() {
		row(fmt.Sprintf("%s, at most %.0f %%", t, 100*t.Share()), wrong[t], n)
	}
	rows := func(claim string, wrong [3]int) {
		row(claim, wrong[mixed]+wrong[allHard]+wrong[stepsHard], n)
		row(fmt.Sprintf("%s, of the %d worst worlds", claim, kinds[allHard]), wrong[allHard], kinds[allHard])
		row(fmt.Sprintf("%s, of the %d worst for what clauses are generalised to", claim, kinds[stepsHard]), wrong[stepsHard], kinds[stepsHard])
	}
	rows("any tier", anyTier)
	rows("had that been lent the tier of its clause without a test: any tier", lent)
	row("had alerts been counted instead of clusters: any bound", naive, n)
	fmt.Fprintln(out)
}
