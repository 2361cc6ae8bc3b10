package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/bench/internal/page"
)

// The whole benchmark, as small as it gets: the starter pack over some events of
// two lanes, with our own engine in all its modes.
func TestSmoke(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds socctl")
	}
	work := t.TempDir()
	self := filepath.Join(work, executable("bench"))
	if out, err := exec.Command("go", "build", "-o", self, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	out := filepath.Join(work, "result.json")
	cmd := exec.Command(self, "-lanes", "structured_windows,cisco_syslog", "-engines", "socctl,socctl-brief,socctl-table,library,newlines,valid,tokens,output-brief", "-events", "60", "-runs", "1",
		"-rules", "../rules/starter/rules", "-work", work, "-format", "json", "-out", out, "-strict")
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	var r page.Result
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatal(err)
	}
	if len(r.Lanes) != 2 || r.Rules == 0 {
		t.Fatalf("%d lanes, %d rules", len(r.Lanes), r.Rules)
	}
	times := map[string]int{"structured_windows": 1, "cisco_syslog": 3}
	for _, l := range r.Lanes {
		var engines []string
		floors := 3
		for _, row := range l.Rows {
			engines = append(engines, row.Engine)
			if row.Engine == "socctl-brief" && row.Matches > 0 {
				floors++ // there is something to write
			}
			if row.Events != 60*times[l.Name] || row.Differences != nil {
				t.Errorf("%s on %s: %d events, differences %v", row.Engine, l.Name, row.Events, row.Differences)
			}
		}
		if diff := cmp.Diff([]string{"socctl", "socctl-brief", "socctl-table", "library"}, engines); diff != "" || len(l.Floors) != floors {
			t.Errorf("%s: %d floors\n%s", l.Name, len(l.Floors), diff)
		}
	}
	if g := r.Growth; len(g.Sizes) != 3 || g.Sizes[2].Rules != 10*r.Rules || len(g.Lanes) != 2 || len(g.Lanes[0].Rows) != 3 {
		t.Errorf("growth: %+v", g)
	}
	if len(r.Cores) != 2 || len(r.Cores[0].Rows) != len(crews(runtime.NumCPU())) {
		t.Errorf("cores: %+v", r.Cores)
	}
	if err := page.Render(&bytes.Buffer{}, &r); err != nil {
		t.Error(err)
	}
}

func TestFlags(t *testing.T) {
	for args, want := range map[string]string{
		"-lanes nope":      `no lane "nope"`,
		"-engines x":       `no engine "x"`,
		"-parts x":         `no part "x"`,
		"-format yaml":     `unknown format "yaml"`,
		"-runs 0":          "at least 1",
		"-measure seconds": `unknown measure "seconds"`,
		"-bin rsigma":      "name=path",
		"more":             "only flags",
	} {
		_, err := parse(strings.Fields(args), &bytes.Buffer{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", args, err, want)
		}
	}
	var help bytes.Buffer
	if _, err := parse([]string{"-h"}, &help); !errors.Is(err, flag.ErrHelp) {
		t.Errorf("-h: %v", err)
	}
	for _, name := range append(laneNames(), engineNames()...) {
		if !strings.Contains(help.String(), name) {
			t.Errorf("the help does not name %s", name)
		}
	}
}

func TestEnginesAreComparedWithEngines(t *testing.T) {
	known := map[string]bool{"library-unrouted": true} // measured for its matches only
	for _, e := range engines() {
		if known[e.name] {
			t.Errorf("two engines are called %s", e.name)
		}
		known[e.name] = true
	}
	for _, e := range engines() {
		if e.against != "" && !known[e.against] || e.reference != "" && !known[e.reference] {
			t.Errorf("%s is compared with %s and %s", e.name, e.against, e.reference)
		}
	}
}

func TestCountsOfPrograms(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	got, err := ndjsonCounts(write("a", `{"rule_id":"A1"}`+"\nnoise\n"+`{"RuleID":"b2"}`+"\n"+`{"rule_id":"a1"}`+"\n"))
	if diff := cmp.Diff(map[string]int{"a1": 2, "b2": 1}, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	got, err = zircoliteCounts(write("b", `[{"id":"A1","count":3},{"id":"b2","count":1}]`))
	if diff := cmp.Diff(map[string]int{"a1": 3, "b2": 1}, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
}
