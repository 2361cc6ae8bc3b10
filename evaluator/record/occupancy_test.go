package record

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"testing"
)

// levelsOfRuns returns levels of some rows, and which of these they say have a value.
func levelsOfRuns(dice *rand.Rand) (levels []byte, want []bool) {
	for range dice.IntN(5) {
		if dice.IntN(2) == 0 {
			there, times := dice.IntN(2), dice.IntN(300)
			levels = append(binary.AppendUvarint(levels, uint64(times)<<1), byte(there))
			for range times {
				want = append(want, there == 1)
			}
			continue
		}
		groups, often := 1+dice.IntN(20), dice.IntN(9)
		levels = binary.AppendUvarint(levels, uint64(groups)<<1|1)
		for range groups {
			b := byte(0)
			for i := range 8 {
				there := dice.IntN(8) < often
				want = append(want, there)
				if there {
					b |= 1 << i
				}
			}
			levels = append(levels, b)
		}
	}
	return levels, want
}

// Rows have the values that the levels of their pages give them, one after the other.
func TestOccupancy(t *testing.T) {
	t.Parallel()
	dice, r := rand.New(rand.NewPCG(7, 7)), &reader{}
	for range 2000 {
		var pages []page
		var want []uint32 // by row
		next := uint32(0)
		for range dice.IntN(4) {
			levels, there := levelsOfRuns(dice)
			p := page{levels: levels, rows: dice.IntN(len(there) + 1)}
			for _, there := range there[:p.rows] {
				if !there {
					want = append(want, noText)
					p.nulls++
					continue
				}
				want = append(want, next)
				next++
			}
			pages = append(pages, p)
		}
		got, err := r.occupancyOf(pages, len(want))
		if err != nil {
			t.Fatal(err)
		}
		if full := !slices.Contains(want, noText); full != (got == nil) {
			t.Fatalf("all rows have a value: %v", full)
		}
		c := &rowCodes{there: got, codes: make([]uint32, next)}
		for i := range c.codes {
			c.codes[i] = uint32(3 * i)
		}
		checkCodes(t, c, want, dice)
		checkCodes(t, codesByRow(timesThree(want)), want, dice)
		refuseOther(t, pages, len(want), dice)
	}
}

func timesThree(ranks []uint32) []uint32 {
	out := slices.Clone(ranks)
	for i, n := range out {
		if n != noText {
			out[i] = 3 * n
		}
	}
	return out
}

// checkCodes checks codes that are three times the ranks of rows, or noText.
func checkCodes(t *testing.T, c *rowCodes, ranks []uint32, dice *rand.Rand) {
	t.Helper()
	want := timesThree(ranks)
	var rows []int32
	until := -1 // where the first of rows without a text is
	for row := range want {
		if got := c.of(int32(row)); got != want[row] {
			t.Fatalf("row %d: %d, want %d", row, got, want[row])
		}
		if want[row] == noText && dice.IntN(100) > 0 {
			continue
		}
		if rows = append(rows, int32(row)); want[row] == noText && until < 0 {
			until = len(rows) - 1
		}
	}
	if until < 0 {
		until = len(rows)
	}
	to := make([]uint32, len(rows))
	through := make([]uint32, 1+slices.Max(append(c.codes, 0)))
	for i := range through {
		through[i] = dice.Uint32()
	}
	for _, of := range [][]uint32{nil, through} {
		if n := c.copy(to, rows, of); n != until {
			t.Fatalf("%d rows have a text, want %d", n, until)
		}
		for i, got := range to[:until] {
			code := want[rows[i]]
			if of != nil {
				code = of[code]
			}
			if got != code {
				t.Fatalf("row %d: %d, want %d", rows[i], got, code)
			}
		}
	}
}

// refuseOther checks that pages with a row or a value more or less than they say are refused.
func refuseOther(t *testing.T, pages []page, rows int, dice *rand.Rand) {
	t.Helper()
	r := &reader{}
	for _, other := range []int{rows - 1, rows + 1} {
		if _, err := r.occupancyOf(pages, other); err == nil {
			t.Fatalf("%d rows are taken for %d", rows, other)
		}
	}
	for i := range pages {
		if pages[i].nulls == 0 {
			continue
		}
		pages[i].nulls += 2*dice.IntN(2) - 1
		if pages[i].nulls > 0 { // or the levels are not read
			if _, err := r.occupancyOf(pages, rows); err == nil {
				t.Fatal("a page has another number of values than it says")
			}
		}
		return
	}
}

// Levels that end too soon are refused.
func TestOccupancyIsCutOff(t *testing.T) {
	t.Parallel()
	dice, r := rand.New(rand.NewPCG(8, 8)), &reader{}
	for range 2000 {
		levels, there := levelsOfRuns(dice)
		p := page{levels: levels, rows: len(there) + 1, nulls: 1}
		for _, there := range there {
			if !there {
				p.nulls++
			}
		}
		if _, err := r.occupancyOf([]page{p}, p.rows); err == nil {
			t.Fatal("there is another row")
		}
	}
}
