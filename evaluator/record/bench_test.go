//go:build unix

package record

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/corpus"
	"github.com/socctl/socctl/evaluator/telemetry"
)

func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// recorded are the recordings of Windows hosts, each event once.
func recorded(b *testing.B) []string {
	b.Helper()
	files, err := filepath.Glob(corpus.Path(b, "windows-json/*.ndjson.zst"))
	if err != nil || len(files) < 40 {
		b.Fatal(files, err)
	}
	return files
}

// BenchmarkRecording records all recordings of Windows hosts, and replays them
// against all public rules, against ten of them, and as a stream for comparison.
func BenchmarkRecording(b *testing.B) {
	sources := recorded(b)
	dir := b.TempDir()
	events := 0
	b.Run("record", func(b *testing.B) {
		before := cpuTime()
		for b.Loop() {
			if err := os.RemoveAll(dir); err != nil {
				b.Fatal(err)
			}
			w, err := Create(dir, Options{})
			if err != nil {
				b.Fatal(err)
			}
			events = addAll(b, w, sources...)
			if err := w.Commit(); err != nil {
				b.Fatal(err)
			}
		}
		perEvent(b, before, events)
		m, err := ReadManifest(dir)
		if err != nil {
			b.Fatal(err)
		}
		size := int64(0)
		for _, f := range m.Files {
			size += f.Bytes
			if f.Index != nil {
				size += int64(f.Index.Bytes)
			}
		}
		b.ReportMetric(float64(size)/(1<<20), "MB")
		b.ReportMetric(float64(len(m.Files)), "files")
	})
	all, _ := compiler.Compile(corpus.Rules(b), compiler.Options{})
	few := corpus.Rules(b)
	few.Rules = few.Rules[1500:1510]
	ten, _ := compiler.Compile(few, compiler.Options{})
	for name, p := range map[string]*compiler.Program{"all": all, "ten": ten} {
		b.Run("replay-"+name, func(b *testing.B) {
			before, hits := cpuTime(), 0
			for b.Loop() {
				hits = 0
				err := Replay(b.Context(), dir, p, ReplayOptions{Workers: 1}, func(r *Replayed) error {
					hits += len(r.Hits)
					return nil
				})
				if err != nil {
					b.Fatal(err)
				}
			}
			perEvent(b, before, events)
			b.ReportMetric(float64(hits), "hits")
		})
		b.Run("stream-"+name, func(b *testing.B) {
			before, hits := cpuTime(), 0
			for b.Loop() {
				hits = 0
				e := evaluator.New(p)
				s := telemetry.NewStream(telemetry.NewNormaliser(nil), e)
				for r, err := range telemetry.Read(b.Context(), sources, telemetry.ReadOptions{Raw: true}) {
					if err != nil {
						continue
					}
					matches, _, _ := s.Match(r)
					if len(matches)+len(e.Suppressed()) > 0 {
						hits++
					}
					r.Release()
				}
			}
			perEvent(b, before, events)
			b.ReportMetric(float64(hits), "hits")
		})
	}
}

func perEvent(b *testing.B, before time.Duration, events int) {
	b.ReportMetric(float64(cpuTime()-before)/float64(b.N*max(1, events)), "cpu-ns/event")
	b.ReportMetric(float64(events), "events")
}
