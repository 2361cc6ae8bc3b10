package record

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/corpus"
	"github.com/socctl/socctl/evaluator/telemetry"
)

// forgetRoutes makes a recording one whose routes somebody else has found.
func forgetRoutes(t *testing.T, dir string) {
	t.Helper()
	m, err := ReadManifest(dir)
	if err != nil {
		t.Fatal(err)
	}
	for i := range m.Files {
		m.Files[i].Routing = "another"
	}
	if err := m.write(dir); err != nil {
		t.Fatal(err)
	}
}

// Events that no rule is tried on are passed over, and all is told of them that is told
// when they are read.
func TestRoutes(t *testing.T) {
	t.Parallel()
	dir := smallRecording(t)
	w, err := Create(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	addAll(t, w, corpus.Path(t, "cloud"), corpus.Path(t, "network"), corpus.Path(t, "web"))
	for i := range 200 { // events that say of which logsource they are, or of none
		text := fmt.Sprintf(`{"logsource":{"product":"p%d","category":"Process_Creation"},"a":"%d"}`, i%3, i)
		if i%4 == 0 {
			text = fmt.Sprintf(`{"what":"%d","CreationTime":"2026-01-01T00:00:00Z"}`, i)
		}
		v, _ := telemetry.DecodeJSON(text)
		if err := w.Add(telemetry.Record{Source: "made", Index: i, Value: v}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
	var programs []*compiler.Program
	for from := 0; from < 3000; from += 600 {
		set := *corpus.Rules(t)
		set.Rules = set.Rules[from : from+7]
		p, _ := compiler.Compile(&set, compiler.Options{})
		programs = append(programs, p)
	}
	var quick [][]string
	for _, p := range programs {
		quick = append(quick, replayedLines(t, dir, p, ReplayOptions{}))
	}
	skipped := 0
	m, err := ReadManifest(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range programs {
		w := newRouter(p, &ReplayOptions{Normaliser: telemetry.NewNormaliser(nil)}, nil)
		for i := range m.Files {
			r := &Replayed{Grounds: map[Logsource]*Ground{{}: newGround()}}
			if !w.judges(&m.Files[i]) {
				t.Fatalf("the routes of %s cannot be judged", m.Files[i].Path)
			}
			if w.idle(&m.Files[i], nil, r) == 0 {
				skipped++
			}
		}
	}
	if all := len(programs) * len(m.Files); skipped < all/10 || skipped == all {
		t.Errorf("%d of %d files are passed over", skipped, all)
	}
	forgetRoutes(t, dir)
	for i, p := range programs {
		if diff := cmp.Diff(replayedLines(t, dir, p, ReplayOptions{}), quick[i]); diff != "" {
			t.Errorf("%s (-read +passed over):\n%.3000s", p.Rules[0].Title, diff)
		}
	}
}

// What is taken out of events may change where they belong.
func TestRoutesAfterRedaction(t *testing.T) {
	t.Parallel()
	var records []string
	for i := range 40 {
		records = append(records, fmt.Sprintf(`{"Channel":"Security","EventID":%d,"a":"%d"}`, 4680+i%10, i))
	}
	dir, _ := oneFile(t, records...)
	if _, err := Redact(t.Context(), dir, Options{}, Redaction{Drop: []string{"Channel", "EventID"}}); err != nil {
		t.Fatal(err)
	}
	m, err := ReadManifest(dir)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(m.Files[0].Routes, func(r Route) bool { return r.Logsources == "[]" && r.Rows == 40 }) {
		t.Errorf("the events still belong to %v", m.Files[0].Routes)
	}
}

// Events that make up logsources without end are read.
func TestManyRoutes(t *testing.T) {
	t.Parallel()
	var records []string
	for i := range 3 * maxRoutes {
		records = append(records, fmt.Sprintf(`{"logsource":{"product":"p%d"},"Image":"%d"}`, i, i))
	}
	dir, _ := oneFile(t, records...)
	m, err := ReadManifest(dir)
	if err != nil {
		t.Fatal(err)
	}
	if m.Files[0].Routes != nil {
		t.Errorf("%d routes are told", len(m.Files[0].Routes))
	}
	got := replayedLines(t, dir, childProgram(), ReplayOptions{})
	forgetRoutes(t, dir)
	if diff := cmp.Diff(replayedLines(t, dir, childProgram(), ReplayOptions{}), got); diff != "" {
		t.Error(diff)
	}
}
