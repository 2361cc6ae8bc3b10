package telemetry_test

import (
	"bytes"
	"errors"
	"runtime"
	"testing"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/corpus"
	"github.com/socctl/socctl/evaluator/telemetry"
)

const sampledRecords = 400 // of a source

// Most kinds of records cost nothing. Events are made of few: of those that hold an event
// as XML in a text, and of kinds that are rare. The others allocate 0.2 times each at most,
// nearly all of that where a kind is worked out again. To enter a source is to compare its
// name with those that views know.
const (
	maxSlowSilent = 0.02 // part of the records
	maxOfRecord   = 0.25 // allocations for one of the others
	maxOfSource   = 12   // allocations for entering a source
)

// Once they are known, recorded events that none of the public rules matches cost next to
// no allocation.
func TestStreamAllocatesNothingOnRecordings(t *testing.T) {
	p, _ := compiler.Compile(corpus.Rules(t), compiler.Options{})
	for _, folder := range []string{"windows-json", "benign", "cloud", "evtx/EVTX-ATTACK-SAMPLES", "web", "network"} {
		t.Run(folder, func(t *testing.T) {
			stream := telemetry.NewStream(normaliser(), evaluator.New(p))
			all, sources := silentRecords(t, stream, corpus.Path(t, folder))
			var known []telemetry.Record
			for i := range all {
				slow := stream.Statistics().Slow
				if matchSilent(t, stream, &all[i]); stream.Statistics().Slow == slow {
					known = append(known, all[i])
				}
			}
			if slow := len(all) - len(known); float64(slow) > maxSlowSilent*float64(len(all)) {
				t.Errorf("events are made of %d of %d records", slow, len(all))
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			for i := range known {
				matchSilent(t, stream, &known[i])
			}
			runtime.ReadMemStats(&after)
			allocs := after.Mallocs - before.Mallocs
			t.Logf("%d allocations for %d of %d records in %d sources", allocs, len(known), len(all), sources)
			if float64(allocs) > maxOfRecord*float64(len(known))+maxOfSource*float64(sources) {
				t.Errorf("%d allocations for %d records in %d sources", allocs, len(known), sources)
			}
		})
	}
}

func matchSilent(t *testing.T, stream *telemetry.Stream, r *telemetry.Record) {
	if matches, _, err := stream.MatchRecord(r); len(matches) > 0 || err != nil {
		t.Fatal(matches, err)
	}
}

// silentRecords returns those that no rule matches of the first records of each source
// in a folder, and how many sources there are.
func silentRecords(t *testing.T, stream *telemetry.Stream, folder string) (silent []telemetry.Record, sources int) {
	t.Helper()
	taken := map[string]int{}
	for r, err := range telemetry.Read(t.Context(), []string{folder}, telemetry.ReadOptions{Raw: true}) {
		if p := (*telemetry.Problem)(nil); errors.As(err, &p) {
			continue // some recordings are damaged
		}
		if err != nil {
			t.Fatal(err)
		}
		if taken[r.Source]++; taken[r.Source] > sampledRecords {
			r.Release()
			continue
		}
		if r.Raw != nil {
			kept := telemetry.Record{Source: r.Source, Index: r.Index, Format: r.Format, Modified: r.Modified, Raw: bytes.Clone(r.Raw)}
			r.Release()
			r = kept
		}
		if matches, _, err := stream.Match(r); err == nil && len(matches) == 0 {
			silent = append(silent, r)
		}
	}
	return silent, len(taken)
}
