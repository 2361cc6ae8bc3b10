package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/evaluator/correlation"
	"github.com/socctl/socctl/evaluator/telemetry/batch"
)

// numberedSource is a recording: how many records its lines hold, and which of
// them match.
type numberedSource struct {
	name    string
	records []int
	matches map[[2]int]bool // line, record within
}

// addTo says what a worker would of a line, and returns the final numbers.
func (s *numberedSource) addTo(b *batchResult, line, first int) (final []int) {
	for n := range s.records[line] {
		if !s.matches[[2]int{line, n}] {
			continue
		}
		number := batch.Within(line, n)
		final = append(final, first+n)
		for range 2 { // rules
			b.told.text = append(b.told.text, "line "...)
			b.told.numbers = append(b.told.numbers, len(b.told.text))
			b.told.text = fmt.Appendln(b.told.text, number)
		}
		b.told.about(s.name)
		b.hits = append(b.hits, []correlation.Hit{{Origin: originText(number, "f", s.name)}})
	}
	if n := s.records[line]; n != 1 {
		b.shifts = append(b.shifts, shift{batch.Shift{Source: s.name, Line: line, By: n - 1}, len(b.told.numbers), len(b.hits)})
	}
	return final
}

// Records get the numbers that they would have if they had been counted one after
// the other, also in a source that is read several times in a row.
func TestNumbering(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(41, 42))
	for range 2000 {
		var n numberings
		b := &batchResult{}
		var want, got, hits []int
		finish := func() {
			n.settle(b)
			for text := string(b.told.text); text != ""; {
				var one, two int
				if _, err := fmt.Sscanf(text, "line %d\nline %d\n", &one, &two); err != nil || one != two {
					t.Fatalf("two numbers of one record: %v in %q", err, text)
				}
				got = append(got, one)
				_, text, _ = strings.Cut(text, "\n")
				_, text, _ = strings.Cut(text, "\n")
			}
			for _, h := range b.hits {
				_, record, _ := splitOrigin(h[0].Origin)
				hits = append(hits, *record)
			}
			*b = batchResult{}
		}
		for i := range 1 + r.IntN(3) {
			s := &numberedSource{fmt.Sprint("source", i), nil, map[[2]int]bool{}}
			for line := range r.IntN(12) {
				s.records = append(s.records, []int{1, 1, 1, 1, 0, 3}[r.IntN(6)])
				s.matches[[2]int{line, r.IntN(3)}] = true
			}
			for range 1 + r.IntN(3) {
				first := 0
				for line := range s.records {
					want = append(want, s.addTo(b, line, first)...)
					if first += s.records[line]; r.IntN(4) == 0 {
						finish()
					}
				}
			}
		}
		finish()
		if diff := cmp.Diff(want, got); diff != "" || !slices.Equal(want, hits) {
			t.Fatalf("hits %v, lines (- want, + got):\n%s", hits, diff)
		}
	}
}
