//go:build unix

package telemetry_test

import (
	"bytes"
	"fmt"
	"path/filepath"
	"syscall"
	"testing"
	"time"

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
// from the bytes of the files on; and, as a floor, only reads them.
func BenchmarkEVTX(b *testing.B) {
	root := corpus.Path(b, "evtx")
	p := publicProgram(b)
	sources := []string{filepath.Join(root, "EVTX-ATTACK-SAMPLES"), filepath.Join(root, "EVTX-to-MITRE-Attack"), filepath.Join(root, "DeepBlueCLI"), filepath.Join(root, "parser-corpus")}
	for _, match := range []bool{false, true} {
		b.Run(fmt.Sprintf("match=%v", match), func(b *testing.B) {
			n := telemetry.NewNormaliser(nil)
			s := telemetry.NewStream(n, evaluator.New(p))
			events, matches := 0, 0
			before := cpuTime()
			for b.Loop() {
				for record, err := range telemetry.Read(b.Context(), sources, telemetry.ReadOptions{}) {
					if err != nil {
						continue
					}
					events++
					if match {
						found, _, err := s.Match(record)
						if err != nil {
							b.Fatal(err)
						}
						matches += len(found)
					}
				}
			}
			b.ReportMetric(float64(cpuTime()-before)/float64(events), "cpu-ns/event")
			b.ReportMetric(float64(events)/float64(b.N), "events")
			b.ReportMetric(float64(matches)/float64(b.N), "matches")
		})
	}
}
