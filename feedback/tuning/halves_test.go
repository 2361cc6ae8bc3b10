package tuning

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/socctl/socctl/rules/logsource"
)

// TestHalves deals sources out by chance: as many of a kind to each half as can be,
// none to both, and those of tested events to where these belong.
func TestHalves(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 2026))
	for range 300 {
		b := NewBuilder(logsource.Default(), processes, nil)
		labels := map[string]int{}
		for i := range 1 + random.IntN(60) {
			print := fmt.Sprintf("sha256:%03d", i)
			b.Add(&Event{Fingerprint: print, Source: fmt.Sprintf("day %d", random.IntN(25))})
			labels[print] = random.IntN(4)
		}
		c := b.Corpus()
		known, removable, protected := c.NewRows(), c.NewRows(), c.NewRows()
		tested := [2]Rows{c.NewRows(), c.NewRows()}
		stays := map[string]int{} // a source -> of its tested events, those of the second half less those of the first
		for print, label := range labels {
			row := c.Row(print)
			known.Add(row)
			switch label {
			case 0, 1:
				removable.Add(row)
			case 2:
				protected.Add(row)
			}
			if random.IntN(6) == 0 {
				half := random.IntN(2)
				tested[half].Add(row)
				stays[c.Source(row)] += 2*half - 1
			}
		}
		nobody := [2]Rows{c.NewRows(), c.NewRows()}
		for name, of := range map[string][2]Rows{"nothing tested": nobody, "some tested": tested} {
			x, y := Halves(c, known, removable, protected, "salt", of)
			if x.Count()+y.Count() != known.Count() || x.common(y) > 0 {
				t.Fatalf("%s: %d and %d of %d events, %d in both", name, x.Count(), y.Count(), known.Count(), x.common(y))
			}
			half, kinds := map[string]int{}, map[string]int{}
			known.Each(func(row int) {
				s, in := c.Source(row), 0
				if y.Has(row) {
					in = 1
				}
				if h, seen := half[s]; seen && h != in {
					t.Fatalf("%s: %s is in both halves", name, s)
				}
				half[s] = in
				switch {
				case removable.Has(row):
					kinds[s] = 2
				case protected.Has(row):
					kinds[s] = max(kinds[s], 1)
				}
			})
			if name == "nothing tested" {
				var more [3]int
				for s, in := range half {
					more[kinds[s]] += 2*in - 1
				}
				for kind, n := range more {
					if n < -1 || n > 1 {
						t.Errorf("%s: of kind %d one half has %d sources more", name, kind, n)
					}
				}
				continue
			}
			for s, n := range stays {
				if n < 0 && half[s] != 0 || n > 0 && half[s] != 1 {
					t.Errorf("%s moves to the half that it has not tested in", s)
				}
			}
		}
	}
}
