package ruletest_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/evaluator/ruletest"
)

// load unpacks an archive and loads it without problems.
func load(t *testing.T, text string) (*ruletest.Suite, string) {
	t.Helper()
	dir := parseArchive(text).unpack(t)
	suite, diags := ruletest.Load(ruletest.LoadOptions{Paths: []string{dir}})
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	return suite, dir
}

const simpleRule = `-- rules/a.yml --
title: A
logsource: {product: linux}
detection:
    selection: {a: b}
    condition: selection
`

// statuses runs a suite and lists how its tests ended.
func statuses(t *testing.T, s *ruletest.Suite, o ruletest.RunOptions) []string {
	t.Helper()
	r := ruletest.Run(context.Background(), s, o)
	var out []string
	for i := range r.Cases {
		out = append(out, string(r.Cases[i].Status))
	}
	return out
}

// manyTests has 200 tests of which the given ones fail.
func manyTests(fail ...int) string {
	var b strings.Builder
	b.WriteString(simpleRule + "-- tests/a.yml --\ntests:\n")
	for i := range 200 {
		want := "true"
		for _, f := range fail {
			if f == i {
				want = "false"
			}
		}
		fmt.Fprintf(&b, "    - {name: test %03d, event: {a: b}, match: %s}\n", i, want)
	}
	return b.String()
}

func TestFailFastDoesNotDependOnJobs(t *testing.T) {
	t.Parallel()
	s, _ := load(t, manyTests(70, 120, 190))
	var want []string
	for i := range 200 {
		want = append(want, map[bool]string{true: "pass", false: "skipped"}[i < 70])
	}
	want[70] = "fail"
	for _, jobs := range []int{1, 2, 7} {
		if d := cmp.Diff(want, statuses(t, s, ruletest.RunOptions{FailFast: true, Jobs: jobs})); d != "" {
			t.Errorf("jobs %d: (-want +got)\n%s", jobs, d)
		}
	}
}

func TestResultsDoNotDependOnJobs(t *testing.T) {
	t.Parallel()
	s, _ := load(t, manyTests(3, 77))
	run := func(jobs int) string {
		return transcript(ruletest.Run(context.Background(), s, ruletest.RunOptions{Jobs: jobs}), nil)
	}
	if d := cmp.Diff(run(1), run(5)); d != "" {
		t.Error(d)
	}
}

func TestFilter(t *testing.T) {
	t.Parallel()
	s, _ := load(t, manyTests())
	filter := regexp.MustCompile(`a\.yml::test 00[12]`)
	if got := s.Select(filter); got != 2 {
		t.Errorf("Select = %d, want 2", got)
	}
	if got := statuses(t, s, ruletest.RunOptions{Filter: filter}); len(got) != 2 {
		t.Errorf("ran %v, want two tests", got)
	}
}

func TestCancelledRunSkips(t *testing.T) {
	t.Parallel()
	s, _ := load(t, manyTests())
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	r := ruletest.Run(ctx, s, ruletest.RunOptions{})
	if !r.Cancelled || r.Clean() || r.Counts()[ruletest.Skipped] != 200 {
		t.Errorf("cancelled = %t, clean = %t, counts = %v", r.Cancelled, r.Clean(), r.Counts())
	}
}

func TestProgressCountsEveryTest(t *testing.T) {
	t.Parallel()
	s, _ := load(t, manyTests(4))
	seen := make(chan [2]int, 400)
	ruletest.Run(context.Background(), s, ruletest.RunOptions{Progress: func(done, failed int) { seen <- [2]int{done, failed} }})
	close(seen)
	last := [2]int{}
	for p := range seen {
		last = [2]int{max(last[0], p[0]), max(last[1], p[1])}
	}
	if last != [2]int{200, 1} {
		t.Errorf("last progress = %v, want 200 done and 1 failed", last)
	}
}

func TestUpdateWritesGoldenFiles(t *testing.T) {
	t.Parallel()
	s, dir := load(t, `-- rules/a.yml --
title: A
id: 00000000-0000-4000-8000-000000000001
level: high
logsource: {product: windows}
detection:
    selection: {Image: b}
    condition: selection
-- tests/a.ndjson --
{"Channel": "Microsoft-Windows-Sysmon/Operational", "EventID": 1, "Image": "b", "UtcTime": "2026-01-01 00:00:00.000"}
{"Channel": "Microsoft-Windows-Sysmon/Operational", "EventID": 1, "Image": "c"}
-- tests/a.yml --
tests: [{name: t, file: a.ndjson, golden: a.alerts}]
`)
	if got := statuses(t, s, ruletest.RunOptions{}); got[0] != "error" {
		t.Errorf("without the golden file: %v, want error", got)
	}
	r := ruletest.Run(context.Background(), s, ruletest.RunOptions{Update: true})
	if !r.Clean() || r.Cases[0].Updated == "" {
		t.Errorf("update: %s, updated %q", transcript(r, nil), r.Cases[0].Updated)
	}
	golden := filepath.Join(dir, "tests", "a.alerts")
	data, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"rule_id":"00000000-0000-4000-8000-000000000001","rule_title":"A","level":"high","record":0,"time":"2026-01-01T00:00:00Z",`
	if !strings.HasPrefix(string(data), want) || strings.Count(string(data), "\n") != 1 {
		t.Errorf("golden file = %s, want one line that starts with %s", data, want)
	}
	r = ruletest.Run(context.Background(), s, ruletest.RunOptions{Update: true})
	if !r.Clean() || r.Cases[0].Updated != "" {
		t.Errorf("second update wrote %q", r.Cases[0].Updated)
	}
	if err := os.WriteFile(golden, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if got := statuses(t, s, ruletest.RunOptions{}); got[0] != "fail" {
		t.Errorf("with an empty golden file: %v, want fail", got)
	}
	left, _ := filepath.Glob(filepath.Join(dir, "tests", ".golden-*"))
	if len(left) > 0 {
		t.Errorf("temporary files are left: %v", left)
	}
}

func TestPlaceholdersAndAllowedMissing(t *testing.T) {
	t.Parallel()
	s, _ := load(t, `-- rules/a.yml --
title: A
logsource: {product: linux}
detection:
    selection: {a|expand: '%admins%'}
    condition: selection
tests:
    - {name: expanded, event: {a: root}, match: true}
    - {name: missing, file: nowhere.ndjson, count: 0}
`)
	o := ruletest.RunOptions{Placeholders: map[string][]string{"admins": {"root"}}}
	if d := cmp.Diff([]string{"pass", "missing-recording"}, statuses(t, s, o)); d != "" {
		t.Error(d)
	}
	if r := ruletest.Run(context.Background(), s, o); r.Clean() || !r.Unreadable() {
		t.Error("a missing recording must fail the run")
	}
	o.AllowMissing = true
	if r := ruletest.Run(context.Background(), s, o); !r.Clean() || r.Unreadable() {
		t.Error("an allowed missing recording must not fail the run")
	}
}

// TestPaths checks which tests a path stands for.
func TestPaths(t *testing.T) {
	const text = `-- rules/win/a.yml --
title: A
logsource: {product: linux}
detection:
    selection: {a: b}
    condition: selection
tests: [{name: inline a, event: {a: b}, match: true}]
-- rules/b.yml --
title: B
logsource: {product: linux}
detection:
    selection: {a: b}
    condition: selection
-- tests/win/a.yml --
tests: [{name: mirrored a, event: {a: b}, match: true}]
-- tests/b.yml --
tests: [{name: mirrored b, event: {a: b}, match: true}]
-- tests/flat.yml --
rule: A
tests: [{name: flat a, event: {a: b}, match: true}]
-- tests/wrong.yml --
tests: [{name: of no rule, event: {a: b}, match: true}]
-- loose.yml --
rule: rules/b.yml
tests: [{name: loose b, event: {a: b}, match: true}]
`
	dir := parseArchive(text).unpack(t)
	for _, c := range []struct {
		paths string
		want  []string // names of tests, then codes of problems
	}{
		{".", []string{"inline a", "mirrored b", "flat a", "mirrored a", "test/unknown-rule"}},
		{"rules", []string{"inline a", "mirrored b", "flat a", "mirrored a", "test/unknown-rule"}},
		{"rules/win", []string{"inline a", "flat a", "mirrored a"}},
		{"rules/win/a.yml", []string{"inline a", "flat a", "mirrored a"}},
		{"rules/b.yml", []string{"mirrored b"}},
		{"tests", []string{"mirrored b", "flat a", "mirrored a", "test/unknown-rule"}},
		{"tests/win", []string{"mirrored a"}},
		{"tests/b.yml", []string{"mirrored b"}},
		{"tests/b.yml rules/win", []string{"inline a", "mirrored b", "flat a", "mirrored a"}},
		{"loose.yml", []string{"loose b"}},
		{"nowhere", []string{"load/unreadable"}},
	} {
		t.Run(c.paths, func(t *testing.T) {
			var paths []string
			for p := range strings.FieldsSeq(c.paths) {
				paths = append(paths, filepath.Join(dir, filepath.FromSlash(p)))
			}
			suite, diags := ruletest.Load(ruletest.LoadOptions{Paths: paths})
			var got []string
			for _, c := range suite.Cases {
				got = append(got, c.Name)
			}
			for _, d := range diags {
				got = append(got, d.Code)
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("(-want +got)\n%s", d)
			}
		})
	}
}

func TestConfiguredDirs(t *testing.T) {
	t.Parallel()
	dir := parseArchive(`-- detections/a.yml --
title: A
logsource: {product: linux}
detection:
    selection: {a: b}
    condition: selection
-- unit/a.yml --
tests: [{name: t, event: {a: b}, match: true}]
`).unpack(t)
	o := ruletest.LoadOptions{RuleDirs: []string{filepath.Join(dir, "detections")}, TestDirs: []string{filepath.Join(dir, "unit")}}
	for _, path := range []string{dir, o.RuleDirs[0], o.TestDirs[0], filepath.Join(dir, "unit", "a.yml"), filepath.Join(dir, "detections", "a.yml")} {
		o.Paths = []string{path}
		suite, diags := ruletest.Load(o)
		if len(suite.Cases) != 1 || len(diags) > 0 {
			t.Errorf("%s: %d tests, %v", path, len(suite.Cases), diags)
		}
	}
}

// TestRelativePaths covers paths relative to the working
// folder, which is how people name them.
func TestRelativePaths(t *testing.T) {
	dir := parseArchive(manyTests()).unpack(t)
	t.Chdir(filepath.Join(dir, "rules"))
	for _, path := range []string{"a.yml", ".", "..", "../tests", "../tests/a.yml"} {
		suite, diags := ruletest.Load(ruletest.LoadOptions{Paths: []string{path}})
		if len(suite.Cases) != 200 || len(diags) > 0 {
			t.Errorf("%s: %d tests, %v", path, len(suite.Cases), diags)
		}
	}
}
