package tuning

import (
	"cmp"
	"crypto/sha256"
	"slices"
	"strconv"

	"github.com/socctl/socctl/feedback/calibration"
)

// Halves splits what is known of a rule into two parts that share no source, with
// about as many sources of removable events in each, and as many of protected ones.
// The salt decides which of several equal splits it is. Sources of events that have tested
// something in one part stay there; the others are dealt out as if there were none, so
// that the split is the same when they have tested as well.
func Halves(c *Corpus, known, removable, protected Rows, salt string, tested [2]Rows) (a, b Rows) {
	second := map[int32]bool{}
	for i, id := range sourcesOf(c, known, removable, protected, salt) {
		second[id] = i%2 == 1
	}
	votes := map[int32]int{}
	for half, rows := range tested {
		rows.and(known).Each(func(row int) { votes[c.context[sourceContext][row]] += 2*half - 1 })
	}
	for id, n := range votes {
		second[id] = n > 0
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

// sourcesOf returns the sources of what is known: those with removable events first, then
// those with protected ones alone, in an order that the salt decides.
func sourcesOf(c *Corpus, known, removable, protected Rows, salt string) []int32 {
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
	ids := make([]int32, len(all))
	for i, s := range all {
		ids[i] = s.id
	}
	return ids
}

// Trials shares out what is known as a policy wants it, the salt deciding how. What has
// tested anything by the ledger of calibration does so in the same trial again, and teaches nothing
// there, so that what was asked of it can go on with what was judged since; nil for a
// run that is the first.
func Trials(policy *Policy, c *Corpus, known, removable, protected Rows, salt string, ledger *calibration.Rule) []Trial {
	var out []Trial
	rounds := max(1, policy.Rounds)
	if policy.Large > 0 && removable.common(known) > policy.Large {
		rounds = 1
	}
	for n := range rounds {
		round := strconv.Itoa(n)
		first, second := Trial{Name: round + "b"}, Trial{Name: round + "a"}
		a, b := Halves(c, known, removable, protected, salt+round, [2]Rows{second.tested(c, known, ledger), first.tested(c, known, ledger)})
		first.Learn, first.Unseen, second.Learn, second.Unseen = a, b, b, a
		out = append(out, first)
		if policy.Rounds > 0 {
			out = append(out, second)
		}
	}
	return out
}

// tested returns what has tested anything in a trial before.
func (t *Trial) tested(c *Corpus, known Rows, ledger *calibration.Rule) Rows {
	rows := c.NewRows()
	known.Each(func(row int) {
		if ledger.Tested(t.Name, c.Fingerprint(row)) {
			rows.Add(row)
		}
	})
	return rows
}
