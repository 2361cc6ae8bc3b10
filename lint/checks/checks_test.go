package checks_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/socctl/socctl/attack"
	"github.com/socctl/socctl/compiler/pipeline"
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/lint/checks"
	"github.com/socctl/socctl/lint/project"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/config"
)

var catalogue = lint.NewCatalogue(checks.All())

// today is the day on which examples run.
var today = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// example lays the files of an example down in the working directory, which
// the test has changed to an empty one, and returns the paths of its rules.
func example(t *testing.T, text string) (folders map[string]bool) {
	t.Helper()
	archive := txtar.Parse([]byte(text))
	if len(archive.Files) == 0 {
		archive.Files = []txtar.File{{Name: "rule.yml", Data: archive.Comment}}
	}
	folders = map[string]bool{}
	for _, f := range archive.Files {
		name := f.Name
		switch top, _, nested := strings.Cut(name, "/"); {
		case nested && (top == "base" || top == "tests" || top == "rules" || top == "pipelines"):
			folders[top] = true
		case name != config.Name:
			name = "rules/" + name
			folders["rules"] = true
		}
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if target, link := strings.CutPrefix(string(f.Data), "-> "); link {
			if err := os.Symlink(strings.TrimSpace(target), name); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err := os.WriteFile(name, bytes.TrimPrefix(f.Data, []byte("\n")), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return folders
}

// lintExample returns the findings of an example. A check that is off by
// default is turned on.
func lintExample(t *testing.T, check *lint.Check, text string) *lint.Result {
	t.Helper()
	t.Chdir(t.TempDir())
	folders := example(t, text)
	cfg := &config.Config{}
	if _, err := os.Stat(config.Name); err == nil {
		var diags rules.Diagnostics
		if cfg, diags = config.Load(config.Name); len(diags) > 0 {
			t.Fatal(diags)
		}
	}
	settings, diags := lint.NewConfig(cfg.Lint, ".", catalogue)
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	if check.Off && len(settings.Checks) == 0 {
		settings.Checks = []lint.Setting{{Pattern: check.Name, Level: &lint.Level{Severity: check.Severity}}}
	}
	facts, err := attack.Load(cfg.Attack.Version.Text)
	if err != nil {
		t.Fatal(err)
	}
	o := project.Options{Paths: []string{"rules"}, RuleDirs: []string{"rules"}, Tests: true, Placeholders: cfg.PlaceholderValues(), Facts: facts, Now: today}
	o.Pipeline = pipelineOf(t, cfg)
	if folders["tests"] {
		o.TestDirs = []string{"tests"}
	}
	in := project.Load(o)
	in.Complete = true
	in.Gone = func(_ context.Context, url string) string {
		if strings.Contains(url, "gone.example.com") {
			return "404 Not Found"
		}
		return ""
	}
	if folders["base"] {
		// The base is read under the paths that it has in a repository.
		if err := os.Rename("rules", "head"); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename("base", "rules"); err != nil {
			t.Fatal(err)
		}
		in.Base = project.Load(o)
	}
	result, err := lint.Run(context.Background(), in, catalogue, settings)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// pipelineOf reads the pipelines of a configuration.
func pipelineOf(t *testing.T, cfg *config.Config) *pipeline.Pipeline {
	t.Helper()
	var all []*pipeline.Pipeline
	for _, path := range cfg.Pipelines {
		text, err := os.ReadFile(path.Text)
		if err != nil {
			t.Fatal(err)
		}
		p, diags := pipeline.Parse(path.Text, text)
		if len(diags) > 0 {
			t.Fatal(diags)
		}
		all = append(all, p)
	}
	if len(all) == 0 {
		return nil
	}
	return pipeline.Chain(all...)
}

func of(r *lint.Result, check *lint.Check) []lint.Finding {
	var out []lint.Finding
	for _, f := range r.Findings {
		if f.Code == check.Name && f.Counts() {
			out = append(out, f)
		}
	}
	return out
}

// Every check finds its bad example and is silent on the good one. Where it
// offers fixes, they make the bad example one without findings of the check.
func TestExamples(t *testing.T) {
	for _, check := range checks.All() {
		t.Run(check.Name, func(t *testing.T) {
			r := lintExample(t, check, check.Bad)
			found := of(r, check)
			if len(found) == 0 {
				t.Errorf("nothing found in the bad example; other findings: %v", r.Findings)
			}
			fixes := 0
			for _, f := range found {
				if f.Fix != nil {
					fixes++
				}
				if !f.Span.Known() && check.Group() != "load" {
					t.Errorf("%s has no place", f.Message)
				}
			}
			if check.Fixable != (fixes > 0) {
				t.Errorf("Fixable is %t, and the bad example has %d fixes", check.Fixable, fixes)
			}
			if fixes > 0 {
				checkFixes(t, check, found)
			}
			for _, f := range of(lintExample(t, check, check.Good), check) {
				t.Errorf("the good example has a finding: %s", f)
			}
		})
	}
}

// checkFixes applies the fixes of a check and lints again.
func checkFixes(t *testing.T, check *lint.Check, found []lint.Finding) {
	t.Helper()
	for _, r := range (lint.Fixer{}).Fix(found) {
		for _, f := range r.Refused {
			t.Errorf("a fix changes what the rule means: %s", f)
		}
		docs, diags := rules.Parse(r.Path, r.After)
		if len(docs) == 0 {
			t.Fatalf("fixed text cannot be read: %v\n%s", diags, r.After)
		}
		in := project.Build(docs, diags, project.Options{Now: today})
		again, err := lint.Run(context.Background(), in, catalogue, lint.DefaultConfig())
		if err != nil {
			t.Fatal(err)
		}
		if check.Scope != lint.RuleScope || check.Off {
			continue
		}
		for _, f := range of(again, check) {
			if f.Fix != nil {
				t.Errorf("a fix leaves something to fix: %s\n%s", f, r.After)
			}
		}
	}
}

var checkName = regexp.MustCompile(`^[a-z0-9]+/[a-z0-9]+(-[a-z0-9]+)*$`)

// Every record is complete, its file is named after it, and names are sorted
// and unique.
func TestRecords(t *testing.T) {
	seen := map[string]bool{}
	for _, check := range checks.All() {
		if !checkName.MatchString(check.Name) {
			t.Errorf("%q is no group/kebab-case", check.Name)
		}
		for _, name := range append([]string{check.Name}, check.Aliases...) {
			if seen[name] {
				t.Errorf("%s is there twice", name)
			}
			seen[name] = true
		}
		if check.Title == "" || check.Doc == "" || check.Bad == "" || check.Good == "" || check.Scope == "" {
			t.Errorf("%s: the record is not complete", check.Name)
		}
		if strings.HasSuffix(check.Title, ".") || strings.Contains(check.Title, "\n") {
			t.Errorf("%s: the title is one phrase without a dot", check.Name)
		}
		group, name, _ := strings.Cut(check.Name, "/")
		file := filepath.Join(group, strings.ReplaceAll(name, "-", "_")+".go")
		if strings.HasSuffix(file, "_test.go") { // which Go would take for a test of ours
			file = strings.TrimSuffix(file, ".go") + "_check.go"
		}
		source, err := os.ReadFile(file)
		if err != nil || !strings.Contains(string(source), `"`+check.Name+`"`) {
			t.Errorf("%s is not in %s", check.Name, file)
		}
		for _, o := range check.Options {
			switch o.Default.(type) {
			case int, bool, string, []string:
			default:
				t.Errorf("%s: option %s has a default of type %T", check.Name, o.Name, o.Default)
			}
			if o.Doc == "" || slices.Contains([]string{"level", "when"}, o.Name) {
				t.Errorf("%s: option %s has no documentation, or a reserved name", check.Name, o.Name)
			}
		}
	}
	for _, group := range groups() {
		if !slices.IsSortedFunc(group, func(a, b *lint.Check) int { return strings.Compare(a.Name, b.Name) }) {
			t.Errorf("the checks of %s are not in the order of their names", group[0].Group())
		}
	}
}

func groups() map[string][]*lint.Check {
	out := map[string][]*lint.Check{}
	for _, check := range checks.All() {
		out[check.Group()] = append(out[check.Group()], check)
	}
	return out
}
