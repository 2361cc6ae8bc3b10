package report

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/socctl/socctl/compiler/solver"
	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/lint"
)

// The first event of a recording has the number 0, which is told; one that was made up
// has none. Whoever renders a page of somebody else may find a sample without.
func TestCIEventsTellTheirRecord(t *testing.T) {
	first, err := json.Marshal(recorded([]backtest.Sample{{Source: "a.ndjson"}}))
	if err != nil || !strings.Contains(string(first), `"source":"a.ndjson","record":0`) {
		t.Errorf("%s %v", first, err)
	}
	made, err := json.Marshal(madeUp(nil, solver.Model{}))
	if err != nil || strings.Contains(string(made), "record") {
		t.Errorf("%s %v", made, err)
	}
	var b strings.Builder
	if ciSamples(&b, "gained", []CIEvent{{Source: "a.ndjson"}}); !strings.Contains(b.String(), "`a.ndjson` record 0") {
		t.Errorf("%s", &b)
	}
}

// A page without warnings has an empty list of them, and not null.
func TestCIPageWithoutWarnings(t *testing.T) {
	run := &CIRun{Diff: &DiffResult{}, Lint: &LintRun{Result: &lint.Result{}}}
	if text, err := json.Marshal(run.Page()); err != nil || !strings.Contains(string(text), `"warnings":[]`) {
		t.Errorf("%s %v", text, err)
	}
}
