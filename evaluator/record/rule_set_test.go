package record

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/telemetry"
)

// eventIDRules is a program of rules for event ids, from one to another.
func eventIDRules(t *testing.T, from, to int) *compiler.Program {
	t.Helper()
	var text string
	for n := from; n < to; n++ {
		text += fmt.Sprintf("---\ntitle: r%d\nlogsource: {product: windows, service: security}\ndetection: {s: {EventID: %d}, condition: s}\n", n, n)
	}
	return compiled(t, text[len("---\n"):])
}

// Whatever rules were known before, in however many sets, what is recalled is what is
// found; and a file names no more sets than it may.
func TestRuleSets(t *testing.T) {
	t.Parallel()
	var records []string
	for i := range 60 {
		records = append(records, fmt.Sprintf(`{"Channel":"Security","EventID":%d,"a":"%d"}`, 4600+i%20, i))
	}
	dir, _ := oneFile(t, records...)
	m, err := ReadManifest(dir)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	var most int
	for round := range 60 {
		from := 4600 + r.IntN(20)
		p := eventIDRules(t, from, from+1+r.IntN(5))
		want := replayedLines(t, dir, p, ReplayOptions{})
		if diff := cmp.Diff(want, replayedLines(t, dir, p, ReplayOptions{Cache: true, Workers: 1})); diff != "" {
			t.Fatalf("round %d (-without cache +with):\n%.2000s", round, diff)
		}
		c := newCache(dir, &ReplayOptions{Cache: true, Normaliser: telemetry.NewNormaliser(nil)})
		known := c.read(m.Files[0])
		if missing := newRuleSets(c, p).missing(known.Known); missing != nil {
			t.Fatalf("round %d: the rules %v are not known", round, missing)
		}
		most = max(most, len(known.Known))
		if round%7 == 6 { // a set is lost: its rules are found anew
			lost := known.Known[r.IntN(len(known.Known))]
			if err := os.Remove(filepath.Join(c.dir, ofRules+lost)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if most != maxNamed {
		t.Errorf("a file names %d sets at most, not %d", most, maxNamed)
	}
}

// Sets of which there are too many go, those that were used last stay.
func TestRuleSetsAreBounded(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := newCache(dir, &ReplayOptions{Cache: true, Normaliser: telemetry.NewNormaliser(nil)})
	var names []string
	for i := range maxRuleSets + 3 {
		p := eventIDRules(t, i, i+1)
		name := newRuleSets(c, p).joined(nil)[0]
		at := time.Unix(int64(1000+i), 0)
		if err := os.Chtimes(filepath.Join(c.dir, ofRules+name), at, at); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	var gone []bool
	for _, name := range names[:5] {
		_, err := os.Stat(filepath.Join(c.dir, ofRules+name))
		gone = append(gone, os.IsNotExist(err))
	}
	if want := []bool{true, true, true, false, false}; !slices.Equal(gone, want) {
		t.Errorf("gone: %v, want %v", gone, want)
	}
}

// Rules of other programs are forgotten where too many would be known.
func TestRuleSetsForget(t *testing.T) {
	t.Parallel()
	c := newCache(t.TempDir(), &ReplayOptions{Cache: true, Normaliser: telemetry.NewNormaliser(nil)})
	s := newRuleSets(c, eventIDRules(t, 1, 4))
	var names []string
	for i := range maxNamed {
		var keys []ruleKey
		for n := range maxKnown / maxNamed {
			keys = append(keys, ruleKey{byte(i), byte(n), byte(n >> 8), 1})
		}
		names = append(names, s.named(sortedKeys(keys)))
	}
	joined := s.joined(names)
	if len(joined) != 1 || len(s.set(joined[0])) != 3 {
		t.Errorf("%d sets, the first of %d rules", len(joined), len(s.set(joined[0])))
	}
	if s.missing(joined) != nil {
		t.Error("rules of the program are missing")
	}
}

// Events are counted by days as if each was noted by itself.
func TestGroundCount(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	first, last := time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(12000, 1, 2, 0, 0, 0, 0, time.UTC)
	for round := range 300 {
		f := &File{}
		if round%2 == 0 {
			f.First, f.Last = &first, &last
		}
		b, rows, want := &beside{times: &rowInts{}}, []int32(nil), newGround()
		var timed []bool
		for row := range r.IntN(40) {
			at := r.Int64N(4)*int64(dayLength) - 2*int64(dayLength) + r.Int64N(3) - 1
			if r.IntN(20) == 0 {
				at = []int64{-1 << 63, 1<<63 - 1}[r.IntN(2)]
			}
			if timed = append(timed, r.IntN(5) > 0); timed[row] {
				b.times.numbers = append(b.times.numbers, at)
			}
			rows = append(rows, int32(row))
			want.Events++
			switch {
			case timed[row]:
				want.note(dayOf(at), Span{1, timeOf(at, true), timeOf(at, true)})
			case f.First != nil:
				want.note(dayOfTime(first), Span{1, first, last})
			default:
				want.Undated++
			}
		}
		b.times.there = occupancyIn(len(timed), func(row int) bool { return timed[row] })
		got := newGround()
		got.count(rows, b, f)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("round %d (-one by one +together):\n%s", round, diff)
		}
	}
}
