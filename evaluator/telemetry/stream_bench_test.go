//go:build unix

package telemetry_test

import (
	"bytes"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/corpus"
	"github.com/socctl/socctl/evaluator/shape"
	"github.com/socctl/socctl/evaluator/telemetry"
)

// BenchmarkStream evaluates recorded Windows events, each once, against all
// public rules, on one core; and, as a floor, only scans them.
func BenchmarkStream(b *testing.B) {
	var lines [][]byte
	size := 0
	ndjsonIn(b, 1<<30, []string{"windows-json/*.ndjson.zst"}, func(name string, data []byte) {
		for line := range bytes.Lines(data) {
			if line = bytes.TrimSpace(line); len(line) > 0 && bytes.HasSuffix([]byte(name), []byte("json")) {
				lines = append(lines, line)
				size += len(line)
			}
		}
	})
	p := publicProgram(b)
	b.Run("scan", func(b *testing.B) {
		b.SetBytes(int64(size))
		before := cpuTime()
		for b.Loop() {
			s := shape.NewScanner(shape.Options{MaxNodes: 1 << 18})
			for _, line := range lines {
				_, _, _ = s.Scan(line)
			}
		}
		b.ReportMetric(float64(cpuTime()-before)/float64(b.N*len(lines)), "cpu-ns/event")
	})
	b.Run("match", func(b *testing.B) {
		b.SetBytes(int64(size))
		b.ReportAllocs()
		s := telemetry.NewStream(telemetry.NewNormaliser(nil), evaluator.New(p))
		before := cpuTime()
		for b.Loop() {
			for _, line := range lines {
				_, _, _ = s.Match(telemetry.Record{Source: "x.ndjson", Raw: line})
			}
		}
		b.ReportMetric(float64(cpuTime()-before)/float64(b.N*len(lines)), "cpu-ns/event")
		b.ReportMetric(float64(len(lines)), "events")
		st := s.Statistics()
		b.ReportMetric(float64(st.Slow)/float64(b.N*len(lines))*100, "%slow")
		b.ReportMetric(float64(st.Found)/float64(st.Asked)*100, "%hits")
		b.ReportMetric(float64(st.Plans), "plans")
	})
}

// cpuTime is the processor time of the process, which other processes do not
// disturb as they do the time.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkEVTX evaluates the event logs of the corpus against all public rules,
// from the bytes of the files on: with an evaluator that has seen nothing yet,
// what it builds when the first events ask for it included; with one that has
// seen the logs before; and, as floors, it only reads them, into values and as they
// stand. With -cpuprofile it tells where the time goes.
func BenchmarkEVTX(b *testing.B) {
	rules := corpus.Rules(b)
	var sources []string
	for _, folder := range []string{"EVTX-ATTACK-SAMPLES", "EVTX-to-MITRE-Attack", "DeepBlueCLI", "parser-corpus"} {
		sources = append(sources, filepath.Join(corpus.Path(b, "evtx"), folder))
	}
	nobody := func() *telemetry.Stream { return nil }
	b.Run("values", func(b *testing.B) { benchEVTX(b, sources, telemetry.ReadOptions{}, nobody) })
	b.Run("read", func(b *testing.B) { benchEVTX(b, sources, unrendered, nobody) })
	b.Run("cold", func(b *testing.B) {
		benchEVTX(b, sources, unrendered, func() *telemetry.Stream {
			p, _ := compiler.Compile(rules, compiler.Options{})
			for range 2 { // compiling is not what is measured, and what pools hold goes with the second one
				runtime.GC()
			}
			return telemetry.NewStream(telemetry.NewNormaliser(nil), evaluator.New(p))
		})
	})
	b.Run("warm", func(b *testing.B) {
		p, _ := compiler.Compile(rules, compiler.Options{})
		s := telemetry.NewStream(telemetry.NewNormaliser(nil), evaluator.New(p))
		readEVTX(b, sources, unrendered, s)
		benchEVTX(b, sources, unrendered, func() *telemetry.Stream { return s })
	})
}

// unrendered leaves records as they stand in a log, as evaluating does.
var unrendered = telemetry.ReadOptions{Unrendered: true}

func benchEVTX(b *testing.B, sources []string, o telemetry.ReadOptions, stream func() *telemetry.Stream) {
	b.ReportAllocs()
	var took time.Duration
	events, matches := 0, 0
	for b.Loop() {
		b.StopTimer()
		s := stream()
		before := cpuTime()
		b.StartTimer()
		n, found := readEVTX(b, sources, o, s)
		took += cpuTime() - before
		events, matches = events+n, matches+found
	}
	b.ReportMetric(float64(took)/float64(events), "cpu-ns/event")
	b.ReportMetric(float64(events)/took.Seconds(), "events/cpu-s")
	b.ReportMetric(float64(events)/float64(b.N), "events")
	b.ReportMetric(float64(matches)/float64(b.N), "matches")
}

// readEVTX evaluates event logs, or only reads them if there is no stream.
func readEVTX(b *testing.B, sources []string, o telemetry.ReadOptions, s *telemetry.Stream) (events, matches int) {
	for record, err := range telemetry.Read(b.Context(), sources, o) {
		if err != nil {
			continue // what is damaged is the concern of tests
		}
		events++
		if s != nil {
			found, _, err := s.Match(record)
			if err != nil {
				b.Fatal(err)
			}
			matches += len(found)
		}
		record.Release()
	}
	return events, matches
}
