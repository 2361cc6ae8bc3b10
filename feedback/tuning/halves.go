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
// The salt decides which of several equal splits it is. Sources of tested events stay in the
// part in which these have tested something, whatever else is known by now; nil for
// none.
func Halves(c *Corpus, known, removable, protected Rows, salt string, tested [2]Rows) (a, b Rows) {
	all := sourcesOf(c, known, removable, protected, salt)
	votes := map[int32]int{}
	for half, rows := range tested {
		rows.and(known).Each(func(row int) { votes[c.context[sourceContext][row]] += 2*half - 1 })
	}
	deal := dealer{half: map[int32]int{}}
	for _, s := range all {
		if n, stays := votes[s.id]; stays {
			deal.put(s, max(0, cmp.Compare(n, 0)))
		}
	}
	for _, s := range all {
		if _, stays := votes[s.id]; !stays {
			deal.put(s, deal.lesser(s.kind))
		}
	}
	halves := [2]Rows{c.NewRows(), c.NewRows()}
	known.Each(func(row int) { halves[deal.half[c.context[sourceContext][row]]].Add(row) })
	return halves[0], halves[1]
}

// source is a source of what is known.
type source struct {
	id   int32
	kind int // 0 with removable events, 1 with protected ones alone, 2 with neither
	sum  [32]byte
}

// sourcesOf returns the sources of what is known by kind, in an order that the salt decides.
func sourcesOf(c *Corpus, known, removable, protected Rows, salt string) []source {
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
	return all
}

// dealer deals sources out to two parts.
type dealer struct {
	half  map[int32]int
	kinds [3][2]int // how many sources of a kind each part has
	all   [2]int
}

func (d *dealer) put(s source, half int) {
	d.half[s.id] = half
	d.kinds[s.kind][half]++
	d.all[half]++
}

// lesser is the part with fewer sources of a kind, else with fewer of all kinds, else the first.
func (d *dealer) lesser(kind int) int {
	of := d.kinds[kind]
	if of[0] == of[1] {
		of = d.all
	}
	if of[1] < of[0] {
		return 1
	}
	return 0
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
