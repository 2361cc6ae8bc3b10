package backtest_test

import (
	"testing"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/evaluator/corpus"
	"github.com/socctl/socctl/evaluator/telemetry"
)

// What finding out what there was costs, beside matching alone.
func BenchmarkReplay(b *testing.B) {
	p := compiled(b, corpus.Rules(b))
	recordings := []string{corpus.Path(b, "benign")}
	b.Run("match", func(b *testing.B) {
		for b.Loop() {
			s := telemetry.NewStream(telemetry.NewNormaliser(nil), evaluator.New(p))
			for r, err := range telemetry.Read(b.Context(), recordings, telemetry.ReadOptions{Raw: true}) {
				if err != nil {
					continue
				}
				if _, _, err := s.Match(r); err != nil {
					continue
				}
				r.Release()
			}
		}
	})
	b.Run("replay", func(b *testing.B) {
		for b.Loop() {
			s := &backtest.Streaming{Recordings: recordings}
			if _, err := s.Replay(b.Context(), p, func(*backtest.Hit) {}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
