package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/socctl/socctl/evaluator"
)

// answering writes a program that answers as the other tuner does.
func answering(t *testing.T, script string) string {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the program is a shell script")
	}
	path := filepath.Join(t.TempDir(), "tuner")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

// proposed is a filter as the other tuner writes it.
const proposed = `title: Tuning filter for Stripped
id: 555a03c6-b6bc-44f3-9fc4-4352fc1bbbd1
logsource:
    category: process_creation
    product: windows
filter:
    rules:
        - ` + standID + `
    selection:
        ParentImage: 'C:\Program Files\Agent\Suite\agent.exe'
    selection_2:
        ParentImage|endswith: '\h0x1.exe'
    condition: not (selection or selection_2)
`

// TestRival: what another tuner proposes is counted as ours is, and held against what it
// says itself; why it proposes nothing is told.
func TestRival(t *testing.T) {
	c := collected(t, 0)
	var shadow *subject
	for _, s := range c.subjects() {
		if s.rule.Title == "Shadow copies deleted" {
			shadow = s
		}
	}
	parts := shadow.parts(0)
	truth := shadow.truth(parts)
	report := func(hidden int) string {
		text, err := json.Marshal(map[string]any{"filter_yaml": proposed, "verification": map[string]int{
			"false_positives_before": hidden, "true_positives_after": truth.protected.Count()}})
		if err != nil {
			t.Fatal(err)
		}
		return "cat <<'END'\n" + string(text) + "\nEND\n"
	}
	for name, tt := range map[string]struct {
		script, why string
		hides       bool
		agrees      bool
	}{
		"a filter":                      {report(truth.removable.Count()), "", true, true},
		"a filter that it misjudges":    {report(1), "", true, false},
		"no filter":                     {"echo 'error tuning rule: no clean separator found (closest fields: [])' >&2; exit 2", "no clean separator found", false, false},
		"something else than a report":  {"echo nothing", "its report cannot be read", false, false},
		"no answer":                     {"exec sleep 60", "no answer in 1s", false, false},
		"events that are read as given": {`for a; do case "$a" in @*fp.ndjson) grep -c agent.exe "${a#@}" >&2;; esac; done; exit 2`, fmt.Sprint(truth.removable.Count()), false, false},
	} {
		limit := time.Minute
		if name == "no answer" {
			limit = time.Second
		}
		v := &rival{path: answering(t, tt.script), values: map[string]map[string]string{}, limit: limit}
		for _, h := range c.hits {
			v.values[h.event.Fingerprint] = h.event.Values
		}
		e := experiment{rival: v, seeds: 1}
		o := e.one(shadow, 0)
		want := 0
		if tt.hides {
			want = o.removable
		}
		if o.answer.why != tt.why || o.removed != want || o.lost != 0 || o.answer.agrees != tt.agrees || o.proposes() != tt.hides || o.removable == 0 {
			t.Errorf("%s: removed %d of %d, lost %d, %+v", name, o.removed, o.removable, o.lost, *o.answer)
		}
	}
}

// TestHiding: filters are taken as they stand, and one that ours cannot take is an error.
func TestHiding(t *testing.T) {
	r := collected(t, 0).program.Rules[0]
	hides, err := hiding(r, proposed)
	if err != nil {
		t.Fatal(err)
	}
	for parent, want := range map[string]bool{`C:\program files\agent\suite\agent.exe`: true, `C:\h0x1.exe`: true, `C:\agent.exe`: false} {
		if got := hides(evaluator.Map{"ParentImage": parent}); got != want {
			t.Errorf("%s is hidden: %v", parent, got)
		}
	}
	if _, err := hiding(r, "title: x\n"); err == nil {
		t.Error("what is no filter is taken")
	}
}

// TestRivalAbsent: without the other program there is a line that says so.
func TestRivalAbsent(t *testing.T) {
	var out bytes.Buffer
	o := options{rsigma: "no-such-program", parts: "dev"}
	if err := o.rivalry(&out, nil, nil); err != nil || !strings.Contains(out.String(), "not installed") || !strings.Contains(out.String(), "-rsigma") {
		t.Errorf("%v: %s", err, out.String())
	}
}
