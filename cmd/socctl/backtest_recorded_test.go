package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/evaluator/corpus"
)

// backtestOf returns what a backtest says in JSON, without what follows from the order
// of events: which ones are samples, and where recordings stand in the list.
func backtestOf(t *testing.T, rules string, recordings ...string) map[string]any {
	t.Helper()
	var out, problems bytes.Buffer
	code := run(append([]string{"backtest", "-q", "--no-time", "-f", "json", "-r", rules}, recordings...), strings.NewReader(""), &out, &problems)
	if code == exitUsage {
		t.Fatalf("%d: %s", code, problems.String())
	}
	var result map[string]any
	if err := json.Unmarshal(out.Bytes(), &result); err != nil {
		t.Fatal(err)
	}
	delete(result, "recordings")
	var clean func(v any)
	clean = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			delete(v, "samples")
			for _, inner := range v {
				clean(inner)
			}
		case []any:
			for _, inner := range v {
				clean(inner)
			}
		}
	}
	clean(result)
	return result
}

// A backtest of recorded telemetry says what one of the recordings says.
func TestBacktestRecorded(t *testing.T) {
	t.Parallel()
	sources := []string{corpus.Path(t, "evtx/DeepBlueCLI"), corpus.Path(t, "cloud"), corpus.Path(t, "network"), corpus.Path(t, "sigma/regression_data")}
	// Some files of the corpus are there twice.
	folder := filepath.Join(t.TempDir(), "rec")
	var out, problems bytes.Buffer
	if code := run(append([]string{"record", "add", "-q", "--again", folder}, sources...), strings.NewReader(""), &out, &problems); code == exitUsage {
		t.Fatal(problems.String())
	}
	starter := filepath.Join("..", "..", "rules", "starter")
	want, got := backtestOf(t, starter, sources...), backtestOf(t, starter, folder)
	// What cannot be read is found when it is recorded, and not again.
	for _, r := range []map[string]any{want, got} {
		delete(r["summary"].(map[string]any), "problems")
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-streamed +recorded):\n%s", diff)
	}
	if events := want["summary"].(map[string]any)["events"].(float64); events < 5000 {
		t.Errorf("%v events", events)
	}
}

// An event has other fields for each of its views, so what a rule does not find in its own
// is missing, even if a rule for another view finds it.
func TestFieldsOfViewsRecorded(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	event := `{"Channel":"Security","EventID":4688,"NewProcessName":"a","TimeCreated":"2026-01-01T00:00:00Z"}` + "\n"
	started := "title: started\nlogsource: {product: windows, category: process_creation}\ndetection: {s: {Image: b}, condition: s}\n"
	asEvent := "---\ntitle: as an event\nlogsource: {product: windows, service: security}\ndetection: {s: {Image: b}, condition: s}\n"
	found := "---\ntitle: found\nlogsource: {product: windows, service: security}\ndetection: {s: {EventID: 4688}, condition: s}\n"
	stream := filepath.Join(dir, "event.ndjson")
	writeFile(t, stream, event)
	folder := filepath.Join(dir, "rec")
	if code := run([]string{"record", "add", "-q", folder, stream}, strings.NewReader(""), io.Discard, io.Discard); code != 0 {
		t.Fatal(code)
	}
	for name, text := range map[string]string{"by the index": started + asEvent, "by the columns": started + asEvent + found} {
		rules := filepath.Join(dir, name+".yml")
		writeFile(t, rules, text)
		for range 2 { // what is remembered as well
			if diff := cmp.Diff(backtestOf(t, rules, stream), backtestOf(t, rules, folder)); diff != "" {
				t.Errorf("%s (-streamed +recorded):\n%s", name, diff)
			}
		}
	}
}

// Events of the same second are in the order of their sources, however a recording keeps them.
func TestOrderOfSameTimeRecorded(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	rules, folder := filepath.Join(dir, "r.yml"), filepath.Join(dir, "rec")
	writeFile(t, rules, `title: a
name: a
logsource: {product: windows, service: sysmon}
detection: {s: {Computer: h*}, condition: s}
---
title: b
name: b
logsource: {product: windows, service: security}
detection: {s: {Computer: h*}, condition: s}
---
title: b behind a
correlation: {type: temporal_ordered, rules: [a, b], group-by: [Computer], timespan: 1m}
`)
	sysmon := `{"Channel":"Microsoft-Windows-Sysmon/Operational","EventID":1,"Computer":"h1","TimeCreated":"2026-01-01T00:00:00Z"}` + "\n"
	security := `{"Channel":"Security","EventID":4624,"Computer":"h1","TimeCreated":"2026-01-01T00:00:00Z"}` + "\n"
	one, first, last := filepath.Join(dir, "1.ndjson"), filepath.Join(dir, "2.ndjson"), filepath.Join(dir, "3.ndjson")
	writeFile(t, one, sysmon+security)
	writeFile(t, first, strings.ReplaceAll(sysmon, "h1", "h2"))
	writeFile(t, last, strings.ReplaceAll(security, "h1", "h2"))
	for _, source := range []string{last, first, one} {
		if code := run([]string{"record", "add", "-q", folder, source}, strings.NewReader(""), io.Discard, io.Discard); code != 0 {
			t.Fatal(code)
		}
	}
	alerts := func(recordings ...string) string {
		var out bytes.Buffer
		run(append([]string{"eval", "-q", "-r", rules, "--members", "rule_title,group"}, recordings...), strings.NewReader(""), &out, io.Discard)
		return out.String()
	}
	if want, got := alerts(one, first, last), alerts(folder); strings.Count(want, "behind") != 2 || want != got {
		t.Errorf("streamed:\n%srecorded:\n%s", want, got)
	}
	if diff := cmp.Diff(backtestOf(t, rules, one, first, last), backtestOf(t, rules, folder)); diff != "" {
		t.Errorf("(-streamed +recorded):\n%s", diff)
	}
}

// Two recordings of standard input number their events alike, and those are two events.
func TestSameNumberInTwoRecordings(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	rules, one, two := filepath.Join(dir, "r.yml"), filepath.Join(dir, "one"), filepath.Join(dir, "two")
	writeFile(t, rules, `title: a
name: a
logsource: {product: windows, service: security}
detection: {s: {EventID: 4625}, condition: s}
---
title: b
name: b
logsource: {product: windows, service: security}
detection: {s: {EventID: 4624}, condition: s}
---
title: b behind a
correlation: {type: temporal_ordered, rules: [a, b], timespan: 1m}
`)
	for folder, id := range map[string]string{one: "4625", two: "4624"} {
		event := `{"Channel":"Security","EventID":` + id + `,"TimeCreated":"2026-01-01T00:00:00Z"}`
		if code := run([]string{"record", "add", "-q", folder, "-"}, strings.NewReader(event), io.Discard, io.Discard); code != 0 {
			t.Fatal(code)
		}
	}
	var out bytes.Buffer
	run([]string{"eval", "-q", "-r", rules, "--members", "rule_title", one, two}, strings.NewReader(""), &out, io.Discard)
	if got := out.String(); strings.Count(got, "behind") != 1 {
		t.Errorf("eval: %q, want one alert", got)
	}
	if got := fmt.Sprint(backtestOf(t, rules, one, two)["rules"]); strings.Count(got, "map[alerts:1 days:") != 1 {
		t.Errorf("backtest: want one alert in\n%s", got)
	}
}
