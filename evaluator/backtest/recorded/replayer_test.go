package recorded_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/evaluator/backtest/recorded"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/rules"
)

const starter = "../../../rules/starter/"

func run(t *testing.T, ctx context.Context, s *backtest.Streaming) (*backtest.Result, error) {
	t.Helper()
	set, _ := rules.LoadPaths(starter + "rules")
	program, _ := compiler.Compile(set, compiler.Options{})
	return backtest.Run(ctx, backtest.NewSubject(program, nil), recorded.New(s), backtest.Options{})
}

// Folders are replayed as what was recorded in them, beside others and as a baseline.
func TestReplayer(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "recording")
	if err := upload(t.Context(), folder, starter+"recordings"); err != nil {
		t.Fatal(err)
	}
	stream := &backtest.Streaming{Recordings: []string{starter + "recordings"}, Baseline: []string{folder}}
	got, err := run(t, t.Context(), stream)
	if err != nil {
		t.Fatal(err)
	}
	want, err := run(t, t.Context(), &backtest.Streaming{Recordings: stream.Recordings, Baseline: stream.Recordings})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want.Summary, got.Summary); diff != "" || want.Summary.Alerts == 0 {
		t.Errorf("(-streamed +recorded):\n%s", diff)
	}
	if len(stream.Recordings) != 1 || len(stream.Baseline) != 1 {
		t.Errorf("the stream was changed: %v, %v", stream.Recordings, stream.Baseline)
	}
}

// A replay that is interrupted says that it is partial.
func TestReplayerInterrupted(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "recording")
	if err := upload(t.Context(), folder, starter+"recordings"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got, err := run(t, ctx, &backtest.Streaming{Recordings: []string{folder}}); err != nil || !got.Partial {
		t.Errorf("got %+v, %v", got, err)
	}
}

// Folders keep the views that they were recorded with, which is told where others are asked for.
func TestReplayerRoute(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "recording")
	if err := upload(t.Context(), folder, starter+"recordings"); err != nil {
		t.Fatal(err)
	}
	route := func(e *telemetry.Event) evaluator.Routed { return e }
	if _, err := run(t, t.Context(), &backtest.Streaming{Recordings: []string{folder}, Route: route}); err == nil || !strings.Contains(err.Error(), "keeps its own views") {
		t.Errorf("got %v", err)
	}
}
