package main

import (
	"bytes"
	"encoding/json"
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
