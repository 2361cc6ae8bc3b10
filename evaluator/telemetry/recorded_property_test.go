package telemetry_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/record"
	"github.com/socctl/socctl/evaluator/telemetry"
)

// Random records that are recorded and replayed match what their events match.
func TestRecordedRandomRecords(t *testing.T) {
	t.Parallel()
	rounds := 20_000
	if testing.Short() {
		rounds = 3000
	}
	m := recordMaker{rand.New(rand.NewPCG(21, 2))}
	p := streamProgram(t)
	n := telemetry.NewNormaliser(nil)
	plain := evaluator.New(p)
	dir := t.TempDir()
	w, err := record.Create(dir, record.Options{Memory: 4 << 20})
	if err != nil {
		t.Fatal(err)
	}
	var want, earlier []string
	for i := range rounds {
		text := m.record()
		if len(earlier) > 0 && m.IntN(3) > 0 {
			text = m.vary(earlier[m.IntN(len(earlier))])
		}
		if len(earlier) < 300 {
			earlier = append(earlier, text)
		}
		if m.IntN(3) == 0 {
			if other, ok := reordered(m.Rand, []byte(text)); ok {
				text = string(other)
			}
		}
		r := telemetry.Record{Source: m.pick("a.log", "conn.log", "b.json"), Index: i, Raw: []byte(text)}
		if err := w.Add(r); errors.Is(err, telemetry.ErrNotPlain) {
			continue
		} else if err != nil {
			t.Fatal(err)
		}
		v, ok := telemetry.DecodeJSON(text)
		if !ok {
			t.Fatalf("%s was recorded", text)
		}
		event := n.Event(telemetry.Record{Source: r.Source, Index: i, Value: v})
		matches := plain.Match(event)
		if len(matches)+len(plain.Suppressed()) > 0 {
			want = append(want, fmt.Sprintf("%06d %s %s", i, describe(matches, plain.Suppressed(), 0), event.Fingerprint()))
		}
	}
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
	for _, cache := range []bool{false, true, true} {
		var got []string
		err = record.Replay(t.Context(), dir, p, record.ReplayOptions{Cache: cache}, func(r *record.Replayed) error {
			for i := range r.Hits {
				h := &r.Hits[i]
				event, err := h.Event()
				if err != nil {
					return err
				}
				got = append(got, fmt.Sprintf("%06d %s %s", h.Index, describe(h.Matches, h.Suppressed, 0), event.Fingerprint()))
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("cache %v (-want +got):\n%.3000s", cache, diff)
		}
	}
	t.Logf("%d records, %d with hits", rounds, len(want))
	if len(want) < rounds/10 {
		t.Error("too few match")
	}
}
