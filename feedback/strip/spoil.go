package main

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
)

// chance is a number from 0 to 1 that a text decides about.
func chance(text string) float64 {
	sum := sha256.Sum256([]byte(text))
	return float64(binary.BigEndian.Uint64(sum[:8])) / (1 << 63) / 2
}

// flips tells the tuner the opposite about a share of the alerts.
func flips(share float64) func(*subject, int, *telling) {
	return func(s *subject, seed int, t *telling) {
		toRemovable, toProtected := s.corpus.NewRows(), s.corpus.NewRows()
		flipped := func(row int) bool {
			return chance(fmt.Sprint("flip ", seed, s.rule.ID, s.corpus.Fingerprint(row))) < share
		}
		t.protected.Each(func(row int) {
			if flipped(row) {
				toRemovable.Add(row)
			}
		})
		t.removable.Each(func(row int) {
			if flipped(row) {
				toProtected.Add(row)
			}
		})
		t.protected.Minus(toRemovable)
		t.removable.Minus(toProtected)
		t.protected.Join(toProtected)
		t.removable.Join(toRemovable)
	}
}

// poison has one investigator call all attacks of a kind harmless: those of the
// source that has the most protected events.
func poison(s *subject, _ int, t *telling) {
	counts := map[string]int{}
	t.protected.Each(func(row int) { counts[s.corpus.Source(row)]++ })
	family := ""
	for source, n := range counts {
		if family == "" || n > counts[family] || n == counts[family] && source < family {
			family = source
		}
	}
	t.protected.Each(func(row int) {
		if s.corpus.Source(row) == family {
			t.poisoned.Add(row)
			t.by[s.corpus.Fingerprint(row)] = []string{"mallory"}
		}
	})
	t.protected.Minus(t.poisoned)
	t.removable.Join(t.poisoned)
}

// scarce tells the tuner of at most n protected events of a rule: most rules are
// known no better. The rest is what can be lost.
func scarce(n int) func(*subject, int, *telling) {
	return func(s *subject, seed int, t *telling) {
		type ranked struct {
			rank float64
			row  int
		}
		var all []ranked
		t.protected.Each(func(row int) {
			all = append(all, ranked{chance(fmt.Sprint("scarce ", seed, s.rule.ID, s.corpus.Fingerprint(row))), row})
		})
		slices.SortFunc(all, func(a, b ranked) int { return cmp.Compare(a.rank, b.rank) })
		t.untold = s.corpus.NewRows()
		for _, r := range all[min(n, len(all)):] {
			t.untold.Add(r.row)
		}
		t.protected.Minus(t.untold)
	}
}
