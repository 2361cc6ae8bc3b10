package evaluator

import (
	"math/rand/v2"
	"testing"
)

// Rows have the same state if they have the same classes in all vectors, and only then, however
// many there are.
func TestStates(t *testing.T) {
	t.Parallel()
	dice := rand.New(rand.NewPCG(21, 22))
	var s states
	divided, many := 0, 0
	for range 300 {
		rows := 1 + dice.IntN(1<<dice.IntN(15))
		want, count := make([]int, rows), 1
		s.begin(rows)
		for range dice.IntN(6) {
			v := classesAtRandom(dice, rows)
			known := map[[2]int]int{}
			for i := range want {
				pair := [2]int{want[i], int(v.at(i))}
				if _, ok := known[pair]; !ok {
					known[pair] = len(known)
				}
				want[i] = known[pair]
			}
			count = len(known)
			s.slots, s.spare = nil, nil
			if s.divide(v); v.byRow != nil {
				divided++
			}
			if s.slots != nil {
				many++
			}
			if s.count != count {
				t.Fatalf("%d states, want %d", s.count, count)
			}
			for i := range want {
				if int(s.of(i)) != want[i] {
					t.Fatalf("row %d has state %d, want %d", i, s.of(i), want[i])
				}
			}
		}
	}
	if many < 10 || divided-many < 100 {
		t.Errorf("%d divisions, of which %d by way of a hash table", divided, many)
	}
}

// classesAtRandom returns classes for some rows.
func classesAtRandom(dice *rand.Rand, rows int) vector {
	if dice.IntN(5) == 0 {
		return vector{same: dice.Uint32()}
	}
	classes := make([]uint32, 1+dice.IntN(1<<dice.IntN(10)))
	for i := range classes {
		if classes[i] = dice.Uint32N(maxClasses); dice.IntN(300) == 0 {
			classes[i] = absent
		}
	}
	v := vector{byRow: make([]uint32, rows)}
	for i := range v.byRow {
		if v.byRow[i] = classes[dice.IntN(len(classes))]; i > 0 && dice.IntN(2) == 0 {
			v.byRow[i] = v.byRow[i-1]
		}
	}
	return v
}
