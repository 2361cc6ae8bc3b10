package main

import (
	"fmt"
	"io"
	"math/rand/v2"

	"github.com/socctl/socctl/feedback/tuning"
)

// worlds counts in how many simulated worlds a certificate claims too much. In a
// world a rule has clauses whose true risk is known, and unseen alerts that come in
// clusters of very different size: all alerts of a cluster are malicious or none is. In every other world the risks lie just
// above what a tier allows, and there are just enough clusters for it: the worst case.
func worlds(w io.Writer, n int) {
	random := rand.New(rand.NewPCG(10, 2026))
	claims, wrongWorlds, tierWrong := map[tuning.Tier]int{}, 0, map[tuning.Tier]int{}
	naive, hardWorlds, hardWrong := 0, 0, 0
	for range n {
		hard := random.IntN(2) == 0
		tier := tuning.Tiers()[random.IntN(3)]
		var risks []float64
		var tested []tuning.Tested
		naiveWrong := false
		for range 1 + random.IntN(8) {
			risk := []float64{0, 0.002, 0.008, 0.012, 0.03, 0.06, 0.11, 0.2, 0.4}[random.IntN(9)]
			clusters := 1 + random.IntN(1<<(1+random.IntN(10)))
			if hard {
				risk, clusters = tier.Share()*(1+random.Float64()/5), tier.Needed(tuning.Delta)+random.IntN(10)
			}
			lost, alerts := 0, 0
			for range clusters {
				size := 1 << random.IntN(8)
				alerts += size
				if random.Float64() < risk {
					lost += size
				}
			}
			risks, tested = append(risks, risk), append(tested, tuning.Tested{Clusters: clusters, Lost: lost})
			if lost == 0 {
				naiveWrong = naiveWrong || risk > tuning.Bound(alerts, tuning.Delta)
			}
		}
		wrong := map[tuning.Tier]bool{}
		for i, t := range tuning.Certify(tested, tuning.Delta) {
			claims[t]++
			for _, weaker := range tuning.Tiers() { // A1 claims what A2 and A3 claim too
				if t != tuning.B && weaker.Share() >= t.Share() && risks[i] > weaker.Share() {
					wrong[weaker] = true
				}
			}
		}
		for t := range wrong {
			tierWrong[t]++
		}
		hardWorlds += one(hard)
		if len(wrong) > 0 {
			wrongWorlds++
			hardWrong += one(hard)
		}
		if naiveWrong {
			naive++
		}
	}
	fmt.Fprintf(w, "%d simulated worlds, seed 10 2026; %d clauses A1, %d A2, %d A3, %d B.\n\n", n, claims[tuning.A1], claims[tuning.A2], claims[tuning.A3], claims[tuning.B])
	fmt.Fprint(w, "| claim | worlds in which it is wrong for any clause | share |\n|---|--:|--:|\n")
	for _, t := range tuning.Tiers() {
		fmt.Fprintf(w, "| %s, at most %.0f %% | %d | %.2f %% |\n", t, 100*t.Share(), tierWrong[t], 100*ratio(tierWrong[t], n))
	}
	fmt.Fprintf(w, "| any tier | %d | %.2f %% |\n| any tier, of the %d worst worlds | %d | %.2f %% |\n| had alerts been counted instead of clusters: any bound | %d | %.2f %% |\n\n", wrongWorlds, 100*ratio(wrongWorlds, n), hardWorlds, hardWrong, 100*ratio(hardWrong, hardWorlds), naive, 100*ratio(naive, n))
}
