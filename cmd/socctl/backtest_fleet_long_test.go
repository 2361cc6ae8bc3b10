//go:build long

package main

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/corpus"
	"github.com/socctl/socctl/evaluator/record"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/rules"
)

// fleetRules are rules that feed correlations, and a filter, beside the public ones.
const fleetRules = `title: Any Process
name: any_process
logsource: {product: windows, category: process_creation}
detection: {s: {Image|contains: '\'}, condition: s}
---
title: Shell
name: shell
logsource: {product: windows, category: process_creation}
detection: {s: {Image|endswith: ['\cmd.exe', '\powershell.exe']}, condition: s}
---
title: Connection
name: connection
logsource: {product: windows, category: network_connection}
detection: {s: {DestinationPort|gt: 1024}, condition: s}
---
title: Many Processes
correlation: {type: event_count, rules: [any_process], group-by: [Computer], timespan: 10m, condition: {gte: 40}}
---
title: Many Shells of Users
correlation: {type: value_count, rules: [shell], group-by: [Computer], timespan: 1h, condition: {gte: 2, field: User}}
---
title: Shell, then Connection
correlation: {type: temporal_ordered, rules: [shell, connection], group-by: [Computer], timespan: 30s}
---
title: Not on Some Machines
logsource: {product: windows, category: process_creation}
filter: {rules: [shell], f: {Computer|contains: '1'}, condition: not f}
`

// fleet finds the synthetic fleet of SOCCTL_FLEET, and records it unless the folder
// SOCCTL_FLEET_RECORDING holds it.
func fleet(t *testing.T) (events, folder, rulePath string) {
	events, folder = os.Getenv("SOCCTL_FLEET"), os.Getenv("SOCCTL_FLEET_RECORDING")
	if events == "" {
		t.Skip("SOCCTL_FLEET names no file; make one with: go run ./bench/synth -events 10000000 -out fleet.ndjson.zst")
	}
	rulePath = t.TempDir()
	corpus.Extract(t, rulePath)
	writeFile(t, filepath.Join(rulePath, "fleet.yml"), fleetRules)
	if folder == "" {
		folder = filepath.Join(t.TempDir(), "rec")
		if code := run([]string{"record", "add", "-q", folder, events}, strings.NewReader(""), os.Stderr, os.Stderr); code != 0 {
			t.Fatal("recording ends with", code)
		}
	}
	return events, folder, rulePath
}

// sumOfHits adds up what was found, in any order.
type sumOfHits struct {
	Events int
	Sums   [4]uint64
}

func (s *sumOfHits) add(index int, at time.Time, matches []evaluator.Match, stopped []evaluator.Suppression) {
	var b strings.Builder
	fmt.Fprintf(&b, "%d %d", index, at.UnixNano())
	for _, m := range matches {
		fmt.Fprintf(&b, " %s@%s", m.Rule.Hash, m.View)
	}
	for _, x := range stopped {
		fmt.Fprintf(&b, " not %s@%s %d", x.Rule.Hash, x.View, len(x.By))
	}
	sum := sha256.Sum256([]byte(b.String()))
	s.Events++
	for i := range s.Sums {
		s.Sums[i] += binary.LittleEndian.Uint64(sum[8*i:])
	}
}

// On the synthetic fleet a replay finds, event for event, what streaming finds, and a
// backtest says the same of alerts, correlations and filters; how much faster it does
// is printed.
func TestFleet(t *testing.T) {
	events, folder, rulePath := fleet(t)
	set, _ := rules.LoadPaths(rulePath)
	p, _ := compiler.Compile(set, compiler.Options{})
	var streamed, replayed sumOfHits
	start := time.Now()
	ev := evaluator.New(p)
	s := telemetry.NewStream(telemetry.NewNormaliser(nil), ev)
	rows := 0
	for r, err := range telemetry.Read(t.Context(), []string{events}, telemetry.ReadOptions{Raw: true}) {
		if err != nil {
			t.Fatal(err)
		}
		rows++
		matches, _, err := s.Match(r)
		if errors.Is(err, telemetry.ErrNotPlain) {
			t.Fatal("the fleet has a record that is not simply one")
		}
		if len(matches)+len(ev.Suppressed()) > 0 {
			event, err := s.Event()
			if err != nil {
				t.Fatal(err)
			}
			at, _, _ := event.Time()
			streamed.add(r.Index, at, matches, ev.Suppressed())
		}
		r.Release()
	}
	stream := time.Since(start)
	start = time.Now()
	err := record.Replay(t.Context(), folder, p, record.ReplayOptions{Workers: 1}, func(r *record.Replayed) error {
		for i := range r.Hits {
			h := &r.Hits[i]
			replayed.add(h.Index, h.Time, h.Matches, h.Suppressed)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	replay := time.Since(start)
	t.Logf("%d events, %d hits; streamed in %.1f s, replayed in %.1f s: %.1f times as fast (synthetic)", rows, streamed.Events, stream.Seconds(), replay.Seconds(), stream.Seconds()/replay.Seconds())
	if diff := cmp.Diff(streamed, replayed); diff != "" {
		t.Errorf("(-streamed +replayed):\n%s", diff)
	}
	few := *set
	few.Rules = few.Rules[1500:1510]
	ten, _ := compiler.Compile(&few, compiler.Options{})
	start = time.Now()
	if err := record.Replay(t.Context(), folder, ten, record.ReplayOptions{Workers: 1}, func(*record.Replayed) error { return nil }); err != nil {
		t.Fatal(err)
	}
	t.Logf("ten rules: replayed in %.2f s", time.Since(start).Seconds())
	want := backtestOf(t, rulePath, events)
	start = time.Now()
	got := backtestOf(t, rulePath, folder)
	first := time.Since(start)
	start = time.Now()
	again := backtestOf(t, rulePath, folder)
	t.Logf("backtest of the recording: %.1f s, and again %.2f s", first.Seconds(), time.Since(start).Seconds())
	for _, other := range []map[string]any{got, again} {
		if diff := cmp.Diff(want, other); diff != "" {
			t.Errorf("(-streamed +recorded):\n%.5000s", diff)
		}
	}
}
