package record

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/corpus"
	"github.com/socctl/socctl/evaluator/telemetry"
)

// addAll records sources and returns how many records there are.
func addAll(t testing.TB, w *Writer, sources ...string) int {
	t.Helper()
	n := telemetry.NewNormaliser(nil)
	stream := telemetry.NewStream(n, evaluator.New(&compiler.Program{}))
	rows := 0
	var add func(r telemetry.Record, err error)
	add = func(r telemetry.Record, err error) {
		if err != nil {
			return
		}
		err = w.Add(r)
		if errors.Is(err, telemetry.ErrNotPlain) {
			for r, err := range stream.Reread(r) {
				add(r, err)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		rows++
	}
	for r, err := range telemetry.Read(t.Context(), sources, telemetry.ReadOptions{Raw: true}) {
		add(r, err)
	}
	return rows
}

func describeHit(source string, matches []evaluator.Match, stopped []evaluator.Suppression, fingerprint string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", filepath.Base(source), fingerprint)
	for _, m := range matches {
		fmt.Fprintf(&b, " %s@%s", m.Rule.Hash[7:15], m.View)
	}
	for _, s := range stopped {
		fmt.Fprintf(&b, " not %s@%s", s.Rule.Hash[7:15], s.View)
	}
	return b.String()
}

// A replay finds what the events of the sources match.
func TestReplayOnCorpus(t *testing.T) {
	t.Parallel()
	p, _ := compiler.Compile(corpus.Rules(t), compiler.Options{})
	sources := []string{corpus.Path(t, "evtx/EVTX-ATTACK-SAMPLES"), corpus.Path(t, "evtx/DeepBlueCLI"), corpus.Path(t, "sigma/regression_data"), corpus.Path(t, "network"), corpus.Path(t, "cloud"), corpus.Path(t, "web"), corpus.Path(t, "windows-xml")}
	dir := t.TempDir()
	w, err := Create(dir, Options{Memory: 8 << 20})
	if err != nil {
		t.Fatal(err)
	}
	rows := addAll(t, w, sources...)
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
	var want []string
	n, e := telemetry.NewNormaliser(nil), evaluator.New(p)
	events := 0
	for r, err := range telemetry.Read(t.Context(), sources, telemetry.ReadOptions{}) {
		if err != nil {
			continue
		}
		events++
		event := n.Event(r)
		if matches := e.Match(event); len(matches)+len(e.Suppressed()) > 0 {
			want = append(want, describeHit(r.Source, matches, e.Suppressed(), event.Fingerprint()))
		}
	}
	m, err := ReadManifest(dir)
	if err != nil {
		t.Fatal(err)
	}
	if rows != events || m.Rows() != events {
		t.Errorf("%d rows, %d in the manifest, want %d", rows, m.Rows(), events)
	}
	slices.Sort(want)
	var before []string
	for _, workers := range []int{1, 3} {
		var got []string
		var hits []Hit
		err = Replay(t.Context(), dir, p, ReplayOptions{Workers: workers, spoil: true, Visit: func(h *Hit) error {
			event, err := h.Event()
			h.Extra = event
			return err
		}}, func(r *Replayed) error {
			hits = append(hits, r.Hits...)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for i, h := range hits { // what was read of their files has been spoiled
			kept := h.Extra.(*telemetry.Event).Fingerprint()
			got = append(got, describeHit(h.Source, h.Matches, h.Suppressed, kept))
			if i%7 != 0 {
				continue
			}
			if again, err := h.Event(); err != nil || again.Fingerprint() != kept {
				t.Fatalf("the event of %s %d is another one when it is read again: %v", h.Source, h.Index, err)
			}
		}
		if before != nil && !slices.Equal(before, got) {
			t.Error("the order depends on the number of workers")
		}
		before = slices.Clone(got)
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%d workers (-want +got):\n%.5000s", workers, diff)
		}
	}
	t.Logf("%d events, %d hits, %d files", events, len(want), len(m.Files))
	if events < 10_000 || len(want) < 1000 {
		t.Errorf("%d events, %d hits", events, len(want))
	}
}
