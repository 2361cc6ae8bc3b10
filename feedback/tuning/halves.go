package tuning

import (
	"cmp"
	"crypto/sha256"
	"slices"
	"strconv"
)

// Halves splits what is known of a rule into two parts that share no source, with
// about as many sources of removable events in each, and as many of protected ones.
// The salt decides which of several equal splits it is.
func Halves(c *Corpus, known, removable, protected Rows, salt string) (a, b Rows) {
	type source struct {
		id   int32
		kind int // 0 with removable events, 1 with protected ones alone, 2 with neither
		sum  [32]byte
	}
	kinds := map[int32]int{}
	known.Each(func(row int) {
		id := c.context[sourceContext][row]
		kind := 2
		switch {
		case removable.Has(row):
			kind = 0
		case protected.Has(row):
			kind = 1
		}
		if k, seen := kinds[id]; !seen || kind < k {
			kinds[id] = kind
		}
	})
	var all []source
	for id, kind := range kinds {
		all = append(all, source{id, kind, sha256.Sum256([]byte(salt + "\x00" + c.names[sourceContext][id]))})
	}
	slices.SortFunc(all, func(x, y source) int {
		return cmp.Or(cmp.Compare(x.kind, y.kind), slices.Compare(x.sum[:], y.sum[:]))
	})
	second := map[int32]bool{}
	for i, s := range all {
		second[s.id] = i%2 == 1
	}
	a, b = c.NewRows(), c.NewRows()
	known.Each(func(row int) {
		if second[c.context[sourceContext][row]] {
			b.Add(row)
		} else {
			a.Add(row)
		}
	})
	return a, b
}

// Trials shares out what is known as a policy wants it, the salt deciding how.
func Trials(policy *Policy, c *Corpus, known, removable, protected Rows, salt string) []Trial {
	var out []Trial
	rounds := max(1, policy.Rounds)
	if policy.Large > 0 && removable.common(known) > policy.Large {
		rounds = 1
	}
	for round := range rounds {
		a, b := Halves(c, known, removable, protected, salt+strconv.Itoa(round))
		out = append(out, Trial{a, b})
		if policy.Rounds > 0 {
			out = append(out, Trial{b, a})
		}
	}
	return out
}
