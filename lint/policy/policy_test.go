package policy_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/socctl/socctl/evaluator/corpus"
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/lint/policy"
	"github.com/socctl/socctl/lint/project"
	"github.com/socctl/socctl/rules"
)

var today = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func none(string) bool { return false }

// load writes a file of Rego to a folder and loads its checks.
func load(t *testing.T, text string, limits policy.Limits) ([]*lint.Check, rules.Diagnostics) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "own.rego"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return policy.Load(context.Background(), []string{dir}, limits, none)
}

// run lints a rule, or the files of a txtar archive.
func run(t *testing.T, checks []*lint.Check, text string) []lint.Finding {
	t.Helper()
	archive := txtar.Parse([]byte(text))
	if len(archive.Files) == 0 {
		archive.Files = []txtar.File{{Name: "rule.yml", Data: archive.Comment}}
	}
	var docs []rules.Document
	for _, f := range archive.Files {
		parsed, diags := rules.Parse(f.Name, f.Data)
		if err := diags.Err(); err != nil {
			t.Fatal(err)
		}
		docs = append(docs, parsed...)
	}
	in := project.Build(docs, nil, project.Options{Now: today})
	in.HasTests = true
	result, err := lint.Run(context.Background(), in, lint.NewCatalogue(checks), lint.DefaultConfig())
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(result.Findings, func(f lint.Finding) bool { return result.Checks.Find(f.Code) == nil })
}

// Every example finds its bad rule, is silent on the good one, and passes its
// own tests.
func TestExamples(t *testing.T) {
	checks, diags := policy.Load(context.Background(), []string{"examples"}, policy.Limits{}, none)
	if len(diags) > 0 || len(checks) < 10 {
		t.Fatalf("%d checks: %v", len(checks), diags)
	}
	for _, check := range checks {
		t.Run(check.Name, func(t *testing.T) {
			if check.Title == "" || check.Doc == "" {
				t.Error("not documented")
			}
			if found := run(t, []*lint.Check{check}, check.Bad); len(found) == 0 || !found[0].Span.Known() {
				t.Errorf("the bad example: %v", found)
			}
			if found := run(t, []*lint.Check{check}, check.Good); len(found) > 0 {
				t.Errorf("the good example: %v", found)
			}
		})
	}
	results, diags := policy.Test(context.Background(), []string{"examples"}, policy.Limits{})
	if len(diags) > 0 || len(results) < 2*len(checks) {
		t.Fatalf("%d tests: %v", len(results), diags)
	}
	for _, r := range results {
		if !r.Passed {
			t.Errorf("%s: %s", r.Name, r.Message)
		}
	}
}

const head = "# METADATA\n# title: own\npackage socctl.checks.own[\"check\"]\n\n"

const rule = "title: Whoami\nlogsource: {product: windows}\ndetection:\n    s:\n        a: b\n    condition: s\n"

// A finding stands at the node that the check names.
func TestFinding(t *testing.T) {
	checks, diags := load(t, head+`
import data.socctl

report contains finding if {
	some value in input.detection.value.s.value
	finding := object.union(socctl.helped(value, "found\nthis", "do that"), {"fix": {"message": "write c", "edits": [{"at": value, "text": "c"}]}, "related": [{"at": input.title, "message": "here"}]})
}`, policy.Limits{})
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	found := run(t, checks, rule)
	if len(found) != 1 || found[0].String() != "rule.yml:5:12: warning[own/check]: found this (do that)" || found[0].Fix == nil || len(found[0].Related) != 1 {
		t.Errorf("%v", found)
	}
}

// What a check must not do ends with a word on it, and soon.
func TestBounds(t *testing.T) {
	many := `[` + strings.TrimSuffix(strings.Repeat("1,", 200), ",") + `]`
	for _, c := range []struct{ name, body, want string }{
		{"network", `report contains {"message": "x"} if http.send({"method": "get", "url": "http://localhost"})`, "http.send is not available to checks"},
		{"names", `report contains {"message": "x"} if net.lookup_ip_addr("localhost")`, "net.lookup_ip_addr is not available"},
		{"environment", `report contains {"message": "x"} if opa.runtime().env`, "opa.runtime is not available"},
		{"clock", `report contains {"message": "x"} if time.now_ns() > 0`, "time.now_ns is not available"},
		{"recursion", "report contains {\"message\": \"x\"} if f(1)\nf(x) if f(x + 1)", "recursive"},
		{"loop", `xs := ` + many + "\nreport contains {\"message\": \"x\"} if { some a in xs; some b in xs; some c in xs; some d in xs; some e in xs; a + b + c + d + e < 0 }", "it takes too long: more than 300ms"},
		{"memory", `xs := ` + many + "\nreport contains {\"message\": \"x\"} if count([[a, b, c, d] | some a in xs; some b in xs; some c in xs; some d in xs]) > 0", "it takes too much memory: more than 64 MiB"},
		{"error", `report contains {"message": "x"} if to_number(input.title.value) > 1`, "to_number"},
		{"shift", `report contains {"message": "x"} if bits.lsh(1, 100000000000) > 0`, "bits.lsh is not available to checks"},
		{"form", `report contains "text" if input.title`, "the check reports something that is no finding"},
		{"no set", `report := "text"`, "report is no set of findings"},
		{"message", `report contains {"message": " "} if input.title`, "a finding without a message"},
		{"member", `report contains {"message": "x", "hlep": "y"} if input.title`, `a finding has no member "hlep"`},
		{"place", `report contains {"message": "x", "at": "99:1:99:2"} if input.title`, "at is no place in the document"},
		{"column", `report contains {"message": "x", "at": "1:1:1:999"} if input.title`, "at is no place in the document"},
		{"fix", `report contains {"message": "x", "fix": {"edits": [{"at": input.title}]}} if input.title`, "the fix of a finding has not the form"},
		{"overlap", `report contains {"message": "x", "fix": {"message": "y", "edits": [{"at": "1:1:1:4", "text": ""}, {"at": "1:3:1:5", "text": ""}]}}`, "the edits of a fix overlap"},
		{"file", "x if {", "own.rego:"},
		{"import", "import data.owners\n" + `report contains {"message": owners.x}`, "own.rego:5:1: error[policy/rego]: no file of checks defines data.owners"},
	} {
		t.Run(c.name, func(t *testing.T) {
			limits := policy.Limits{Time: 20 * time.Second, Memory: 64 << 20}
			if c.name == "loop" {
				limits = policy.Limits{Time: 300 * time.Millisecond}
			}
			checks, diags := load(t, head+c.body+"\n", limits)
			text := fmt.Sprint(diags)
			if len(diags) == 0 {
				text = fmt.Sprint(run(t, checks, rule))
			}
			if !strings.Contains(text, c.want) {
				t.Errorf("got %s, want %s", text, c.want)
			}
		})
	}
}

// A check that fails is told in every run, whatever was there before, and a check
// of all documents may have none to look at.
func TestFailsInEveryRun(t *testing.T) {
	checks, diags := load(t, head+`report contains {"message": "x"} if to_number(input.title.value) > 1`, policy.Limits{})
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	before, after := run(t, checks, rule), run(t, checks, rule)
	result := &lint.Result{Findings: after}
	result.Subtract(&lint.Result{Findings: before})
	if len(after) != 1 || !after[0].Counts() {
		t.Errorf("second run: %v", after)
	}
	checks, diags = load(t, strings.Replace(head, "# title: own", "# title: own\n# custom:\n#   scope: corpus", 1)+`report contains {"message": "x", "document": "y"}`, policy.Limits{})
	if found := run(t, checks, "# nothing\n"); len(diags) > 0 || len(found) != 1 || !strings.Contains(found[0].Message, `no document "y"`) {
		t.Errorf("no documents: %v %v", diags, found)
	}
}

// What is wrong with a file is told with its place.
func TestLoadProblems(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"package socctl.checks.own.check\nreport contains x if", "own.rego:2:20: error[policy/rego]: "},
		{"package socctl.checks.own.check\nreport contains {\"message\": \"x\"} if true", "the check has no title"},
		{"# METADATA\n# title: t\npackage own\nreport contains {\"message\": \"x\"} if true", "the package data.own is no check"},
		{head, "the check defines no report"},
		{"", "own.rego:1:1: error[policy/rego]: "},
		{"# METADATA\n# title: t\npackage socctl.checks.own[\"a b\"]\nreport contains 1", `is no check`},
		{"# METADATA\n# title: t\n# custom:\n#   severity: bad\npackage socctl.checks.own.check\nreport contains 1", `severity "bad" is none of`},
		{"# METADATA\n# title: t\n# custom:\n#   sevrity: info\npackage socctl.checks.own.check\nreport contains 1", "there is no custom.sevrity"},
	} {
		_, diags := load(t, c.text, policy.Limits{})
		if len(diags) == 0 || !strings.Contains(diags[0].String(), c.want) {
			t.Errorf("got %v, want %s", diags, c.want)
		}
	}
	if _, diags := policy.Load(context.Background(), []string{t.TempDir()}, policy.Limits{}, none); len(diags) != 1 || diags[0].Message != "there is no .rego file, so no check" {
		t.Errorf("an empty folder: %v", diags)
	}
	if _, diags := policy.Load(context.Background(), []string{"examples", "examples"}, policy.Limits{}, none); diags.Count(rules.Error) == 0 || !strings.Contains(diags[0].Message, "the package is that of examples/") {
		t.Errorf("two files of one package: %v", diags)
	}
	if _, diags := policy.Load(context.Background(), []string{"examples"}, policy.Limits{}, func(string) bool { return true }); diags.Count(rules.Error) == 0 {
		t.Error("a name that exists is no problem")
	}
	if _, diags := policy.Load(context.Background(), []string{"gone"}, policy.Limits{}, none); len(diags) != 1 || diags[0].Code != rules.CodeUnreadable {
		t.Errorf("a folder that does not exist: %v", diags)
	}
}

// A new check passes its own tests.
func TestScaffold(t *testing.T) {
	files, err := policy.Scaffold("acme/rule-without-owner")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	checks, diags := policy.Load(context.Background(), []string{dir}, policy.Limits{}, none)
	if len(diags) > 0 || len(checks) != 1 || checks[0].Name != "acme/rule-without-owner" {
		t.Fatalf("%v %v", checks, diags)
	}
	results, diags := policy.Test(context.Background(), []string{dir}, policy.Limits{})
	if len(diags) > 0 || len(results) != 2 || !results[0].Passed || !results[1].Passed {
		t.Errorf("%v %v", results, diags)
	}
	if _, err := policy.Scaffold("Acme"); err == nil {
		t.Error("Acme is a name")
	}
}

// A test that exceeds a limit is told so as a check is.
func TestTestsAreBounded(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"own.rego":      "# METADATA\n# title: t\npackage socctl.checks.acme.own\nreport contains {\"message\": \"m\"} if input.title\n",
		"own_test.rego": "package socctl.checks.acme.own_test\nl := split(sprintf(\"%900d\", [1]), \"\")\ntest_slow if { some a, _ in l; some b, _ in l; some c, _ in l; a + b + c == -1 }\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	results, diags := policy.Test(context.Background(), []string{dir}, policy.Limits{Time: 50 * time.Millisecond})
	if len(diags) > 0 || len(results) != 1 || results[0].Message != "it takes too long: more than 50ms" {
		t.Errorf("%+v, %v", results, diags)
	}
}

// The examples over the public rules.
func BenchmarkExamples(b *testing.B) {
	in := project.Build(corpus.Rules(b).Documents(), nil, project.Options{Now: today})
	for b.Loop() {
		checks, _ := policy.Load(context.Background(), []string{"examples"}, policy.Limits{}, none)
		if _, err := lint.Run(context.Background(), in, lint.NewCatalogue(checks), lint.DefaultConfig()); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(len(checks)), "checks")
	}
}
