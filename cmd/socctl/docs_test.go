package main_test

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/compiler/pipeline"
	"github.com/socctl/socctl/evaluator/ruletest"
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/lint/checks"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/logsource"
)

// The tests in this file execute what docs/ says. A fenced block whose info
// string has further words behind the language is an example:
//
//	yaml rule PATH     a file without errors; so is json recording, yaml info
//	yaml test PATH     a file of tests, all of which pass
//	yaml wrong PATH    a file with errors
//	text problems      the errors of all wrong files of the page, as printed
//	yaml views         a table of views
//	yaml manifest PATH a telemetry manifest without errors
//	yaml pipeline NAME a pipeline without errors
//	yaml after PATH    the rule PATH after the pipeline above it, as printed
//	go example NAME    the body of an example function
//	console run        commands, and what they print
//	json verdicts PATH verdicts without problems
//	text file PATH     a file that commands read; so is yaml mapping

// block is a fenced block of a document.
type block struct {
	kind, name, text string // kind is language and first word
}

var fence = regexp.MustCompile("(?ms)^```(\\w+ \\w+)(?: (\\S+))?\n(.*?)^```$")

func blocks(t *testing.T, page string) []block {
	t.Helper()
	source, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	var out []block
	for _, m := range fence.FindAllStringSubmatch(string(source), -1) {
		out = append(out, block{m[1], m[2], m[3]})
	}
	return out
}

func pages(t *testing.T) []string {
	t.Helper()
	all, err := filepath.Glob(filepath.Join(repoRoot, "docs", "*.md"))
	if err != nil || len(all) < 6 {
		t.Fatalf("only %d pages in docs: %v", len(all), err)
	}
	return all
}

func TestExamplesOfTheDocs(t *testing.T) {
	known := []string{"yaml rule", "json recording", "yaml info", "yaml test", "yaml wrong", "text problems", "yaml views", "yaml config", "yaml manifest", "yaml pipeline", "yaml after", "go example", "console run", "json verdicts", "yaml mapping", "text file"}
	for _, page := range pages(t) {
		found := blocks(t, page)
		for _, b := range found {
			if !slices.Contains(known, b.kind) {
				t.Errorf("%s: unknown kind of example %q", page, b.kind)
			}
		}
		t.Run(filepath.Base(page), func(t *testing.T) { runExamples(t, found) })
	}
}

// runExamples lays the files of a page down in a folder and tests them there.
func runExamples(t *testing.T, found []block) {
	problems := ""
	files := 0
	t.Chdir(t.TempDir())
	for _, b := range found {
		switch b.kind {
		case "text problems":
			problems += b.text
			continue
		case "yaml views":
			if _, err := logsource.Parse("views.yml", []byte(b.text)); err != nil {
				t.Error(err)
			}
			continue
		case "yaml pipeline", "yaml after":
			continue // TestPipelinesOfTheDocs
		case "go example", "yaml config", "yaml manifest", "console run", "json verdicts", "yaml mapping", "text file": // see TestConsoleOfTheDocs
			continue
		}
		files++
		if err := os.MkdirAll(filepath.Dir(b.name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(b.name, []byte(b.text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if files == 0 {
		return
	}
	suite, diags := ruletest.Load(ruletest.LoadOptions{Paths: []string{"."}})
	got := ""
	for _, d := range diags {
		if d.Severity == rules.Error {
			got += d.String() + "\n"
		}
	}
	if diff := cmp.Diff(problems, got); diff != "" {
		t.Errorf("problems (- page, + found):\n%s", diff)
	}
	for _, c := range ruletest.Run(context.Background(), suite, ruletest.RunOptions{}).Cases {
		if c.Status != ruletest.Pass {
			t.Errorf("%s ended as %s: %s", c.Case.ID, c.Status, c.Message)
		}
	}
	for _, b := range found {
		if b.kind == "yaml test" && !slices.ContainsFunc(suite.Cases, func(c *ruletest.Case) bool { return c.Path == b.name }) {
			t.Errorf("no test of %s ran", b.name)
		}
	}
}

// A pipeline of the docs does to a rule of the page what the page says.
func TestPipelinesOfTheDocs(t *testing.T) {
	applied := 0
	for _, page := range pages(t) {
		documents := map[string]string{}
		var p *pipeline.Pipeline
		for _, b := range blocks(t, page) {
			switch b.kind {
			case "yaml rule":
				documents[b.name] = b.text
			case "yaml pipeline":
				var diags rules.Diagnostics
				if p, diags = pipeline.Parse(b.name, []byte(b.text)); len(diags) > 0 {
					t.Errorf("%s: %v", page, diags)
				}
			case "yaml after":
				applied++
				docs, _ := rules.Parse(b.name, []byte(documents[b.name]))
				set := &rules.Set{}
				for _, d := range docs {
					set.Add(d)
				}
				result, diags := p.Apply(set, pipeline.Options{})
				var after strings.Builder
				for _, r := range result.Set.Rules {
					if err := rules.Print(&after, r); err != nil {
						t.Fatal(err)
					}
				}
				if diff := cmp.Diff(b.text, after.String()); diff != "" {
					t.Errorf("%s: %s (- page, + made): %v\n%s", page, b.name, diags, diff)
				}
			}
		}
	}
	if applied < 2 {
		t.Errorf("only %d examples were found", applied)
	}
}

// Every code of a diagnostic is explained, and none that does not exist.
func TestEveryCodeIsDocumented(t *testing.T) {
	row := regexp.MustCompile("(?m)^\\| `([a-z]+/[a-z-]+)` \\|")
	documented := map[string]string{}
	groups := map[string]bool{}
	for _, page := range pages(t) {
		source, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range row.FindAllStringSubmatch(string(source), -1) {
			if first, twice := documented[m[1]]; twice {
				t.Errorf("%s is explained in %s and in %s", m[1], first, page)
			}
			documented[m[1]] = page
			groups[strings.SplitN(m[1], "/", 2)[0]] = true
		}
	}
	literal := regexp.MustCompile(`"([a-z]+)/([a-z]+(?:-[a-z]+)*)"`)
	assigned := regexp.MustCompile(`(?:Code:\s*|errorf\(|warnf\()"([a-z]+)/`)
	used := map[string]bool{}
	// Checks of lint have pages of their own, made from their records.
	hasPage := map[string]bool{}
	for _, c := range checks.All() {
		for _, name := range append(c.Aliases, c.Name) {
			hasPage[name] = true
		}
	}
	for _, f := range goFiles(t) {
		if f.test() || strings.HasPrefix(f.path, "rules/starter/") {
			continue
		}
		for _, m := range assigned.FindAllStringSubmatch(string(f.text), -1) {
			if !groups[m[1]] && !slices.ContainsFunc(checks.All(), func(c *lint.Check) bool { return c.Group() == m[1] }) {
				t.Errorf("%s: no code of the group %s is explained in docs", f.path, m[1])
			}
		}
		for _, m := range literal.FindAllStringSubmatch(string(f.text), -1) {
			code := m[1] + "/" + m[2]
			if groups[m[1]] && documented[code] == "" && !hasPage[code] && !used[code] {
				t.Errorf("%s: code %s is not explained in docs", f.path, code)
			}
			used[code] = true
		}
	}
	for code, page := range documented {
		if !used[code] {
			t.Errorf("%s explains %s, which does not exist", page, code)
		}
	}
}

// Every decision that code, facts or documents cite has one row in
// docs/conformance.md, or is named there as one that waits.
func TestEveryDecisionIsDocumented(t *testing.T) {
	source, err := os.ReadFile(filepath.Join(repoRoot, "docs", "conformance.md"))
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]int{}
	for _, m := range regexp.MustCompile(`(?m)^\| (D\d+) \|`).FindAllStringSubmatch(string(source), -1) {
		if rows[m[1]]++; rows[m[1]] > 1 {
			t.Errorf("decision %s has two rows", m[1])
		}
	}
	if len(rows) < 40 {
		t.Errorf("only %d decisions were found", len(rows))
	}
	cited := regexp.MustCompile(`\bD\d{1,2}\b`)
	check := func(path, text string) {
		for _, d := range cited.FindAllString(text, -1) {
			if rows[d] == 0 && !strings.Contains(string(source), d) {
				t.Errorf("%s cites %s, which docs/conformance.md does not explain", path, d)
			}
		}
	}
	suite, err := filepath.Glob(filepath.Join(repoRoot, "testdata", "conformance", "*.yml"))
	if err != nil || len(suite) < 10 {
		t.Fatalf("%d files of cases: %v", len(suite), err)
	}
	for _, path := range suite {
		cases, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		check(path, string(cases))
	}
	for _, f := range goFiles(t) {
		for _, group := range f.syntax.Comments {
			check(f.path, group.Text())
		}
	}
}

// The Go code of the docs is that of examples, which go test runs.
func TestCodeOfTheDocs(t *testing.T) {
	sources := ""
	for _, name := range []string{"evaluator/example_test.go", "evaluator/correlation/example_test.go", "evaluator/backtest/example_test.go", "evaluator/backtest/recorded/example_test.go", "evaluator/witness/example_test.go", "feedback/ledger/example_test.go", "cmd/socctl/library_test.go", "cmd/socctl/library_editor_test.go", "feedback/aftercare/example_test.go",
		"evaluator/reload_test.go", "evaluator/ruletest/example_test.go", "attack/coverage/trial/example_test.go", "feedback/proposal/example_test.go"} {
		text, err := os.ReadFile(filepath.Join(repoRoot, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		sources += string(text)
	}
	found := 0
	for _, page := range pages(t) {
		for _, b := range blocks(t, page) {
			if b.kind != "go example" {
				continue
			}
			found++
			if diff := cmp.Diff(example(sources, b.name), b.text); diff != "" {
				t.Errorf("%s: example %s (- code, + page):\n%s", page, b.name, diff)
			}
		}
	}
	if found < 6 {
		t.Errorf("only %d examples were found", found)
	}
}

// example returns the body of a function without its expected output, a whole function
// with parameters, or the declaration of a type with its methods.
func example(sources, name string) string {
	if _, rest, ok := strings.Cut(sources, "\nfunc "+name+"() {\n"); ok {
		body, _, _ := strings.Cut(rest, "\n}\n")
		body, _, _ = strings.Cut(body, "\n\t// Output:")
		return strings.TrimPrefix(strings.ReplaceAll("\n"+body, "\n\t", "\n"), "\n") + "\n"
	}
	if _, rest, ok := strings.Cut(sources, "\nfunc "+name+"("); ok {
		body, _, _ := strings.Cut(rest, "\n}\n")
		return "func " + name + "(" + body + "\n}\n"
	}
	_, rest, _ := strings.Cut(sources, "\ntype "+name+" ")
	rest = "type " + name + " " + rest
	methods := regexp.MustCompile(`\nfunc \(\w+ \*?`+name+`\) `).FindAllStringIndex(rest, -1)
	if len(methods) == 0 {
		return ""
	}
	last := methods[len(methods)-1][0]
	return rest[:last+strings.Index(rest[last:], "\n}\n")+len("\n}\n")]
}
