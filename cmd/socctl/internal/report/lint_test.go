package report

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	sarif "github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/xeipuuv/gojsonschema"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/lint/checks"
	"github.com/socctl/socctl/lint/project"
	"github.com/socctl/socctl/rules"
)

var update = flag.Bool("update", false, "write the golden files anew")

// lintedText has findings with related places, fixes, a suppression by a comment,
// a tab, wide runes and a span over several lines.
const lintedText = `title: 探す $TITLE
id: 5d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a1
date: 2024-05-02
modified: 2023-05-03
level: hihg
tags:
    - attack.t1033
    - attack.T1033
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image: '**\探す\whoami.exe'
        CommandLine|contains:
            - "a\tb"  # socctl:ignore value/control-character -- a tab is meant
            - 'whoami'
            - 'WHOAMI'
    condition: selection
`

func lintRun(t testing.TB, path, text string) *LintRun {
	t.Helper()
	docs, diags := rules.Parse(path, []byte(text))
	in := project.Build(docs, diags, project.Options{Now: time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)})
	in.Set.Files = 1
	cfg := lint.DefaultConfig()
	cfg.Ignores = []lint.Ignore{{Rule: "**", Checks: []string{"meta/author-missing"}, Reason: "the house is the author"}}
	result, err := lint.Run(context.Background(), in, lint.NewCatalogue(checks.All()), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return &LintRun{Result: result, Version: "v1.2.3", NoTime: true, FailLevel: rules.Error}
}

var lintFiles = map[string]string{"pretty": "txt", "compact": "txt", "json": "json", "sarif": "sarif", "junit": "xml", "github": "txt", "rdjson": "json", "checkstyle": "xml"}

func TestLintFormats(t *testing.T) {
	for _, format := range LintFormats {
		run := lintRun(t, "rules/a b.yml", lintedText)
		run.Verbose = format == "pretty"
		var b bytes.Buffer
		if err := Lint(&b, Style{}, format, run); err != nil {
			t.Fatal(err)
		}
		got := b.String()
		if format == "sarif" { // the records of all checks are in their pages
			at, end := strings.Index(got, `"rules": [`), strings.Index(got, `"columnKind"`)
			got = regexp.MustCompile(`"ruleIndex": \d+`).ReplaceAllString(got[:at]+"…\n"+got[end:], `"ruleIndex": …`)
		}
		golden := filepath.Join("testdata", "lint_"+format+"."+lintFiles[format])
		if *update {
			if err := os.MkdirAll("testdata", 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s (- file, + found; -update writes it):\n%s", format, diff)
		}
	}
	if err := Lint(io.Discard, Style{}, "xml", lintRun(t, "r.yml", lintedText)); err == nil {
		t.Error("xml is a format")
	}
}

// SARIF is what the schema of the standard demands, for suppressed and new
// results as well.
func TestSARIFIsValid(t *testing.T) {
	for _, compared := range []bool{false, true} {
		run := lintRun(t, "rules/a b.yml", lintedText)
		run.Compared = compared
		run.Result.Findings[1].Suppression = &lint.Suppression{Kind: lint.ByBase}
		run.Result.Findings[2].Suppression = &lint.Suppression{Kind: lint.ByBaseline}
		var b bytes.Buffer
		if err := Lint(&b, Style{}, "sarif", run); err != nil {
			t.Fatal(err)
		}
		report, err := sarif.FromBytes(b.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		checked, err := gojsonschema.Validate(gojsonschema.NewStringLoader(sarifSchema(t)), gojsonschema.NewBytesLoader(b.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range checked.Errors() {
			t.Error(e)
		}
		kinds := map[string]int{}
		for _, r := range report.Runs[0].Results {
			if id := report.Runs[0].Tool.Driver.Rules[r.RuleIndex].ID; *id != *r.RuleID {
				t.Errorf("the index of %s leads to %s", *r.RuleID, *id)
			}
			for _, s := range r.Suppressions {
				kinds[*s.Kind]++
			}
			if r.BaselineState != nil {
				kinds[*r.BaselineState]++
			}
		}
		if kinds["inSource"] != 1 || kinds["external"] < 2 || compared != (kinds["new"] > 0) || kinds["unchanged"] != 1 {
			t.Errorf("suppressions: %v", kinds)
		}
	}
}

// sarifSchema returns the schema of the standard, which the library for SARIF
// carries in its source. The library itself checks what it would write, not what
// it has read.
func sarifSchema(t *testing.T) string {
	t.Helper()
	dir, err := exec.Command("go", "list", "-f", "{{.Dir}}", "github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif").Output()
	if err != nil {
		t.Fatal(err)
	}
	source, err := parser.ParseFile(token.NewFileSet(), filepath.Join(strings.TrimSpace(string(dir)), "schema.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	schema := ""
	ast.Inspect(source, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && len(lit.Value) > len(schema) {
			schema = strings.Trim(lit.Value, "`")
		}
		return true
	})
	return schema
}

// Whatever stands in a rule, every format can be read back.
func FuzzLintFormats(f *testing.F) {
	for _, s := range []string{"plain", "]]>", "%0A::error::x", "a\x00b\x1b[31m", "<&\"'>", "\u202eabc", "\ufffe", "a\nb", "::"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, title, path string) {
		text := strings.Replace(lintedText, "$TITLE", fmt.Sprintf("%q", title), 1)
		run := lintRun(t, path, text)
		for _, format := range LintFormats {
			var b bytes.Buffer
			if err := Lint(&b, Style{}, format, run); err != nil {
				t.Fatal(err)
			}
			var into any
			switch format {
			case "json", "sarif", "rdjson":
				if err := json.Unmarshal(b.Bytes(), &into); err != nil {
					t.Fatalf("%s: %v", format, err)
				}
			case "junit", "checkstyle":
				for dec := xml.NewDecoder(&b); ; {
					if _, err := dec.Token(); err == io.EOF {
						break
					} else if err != nil {
						t.Fatalf("%s: %v", format, err)
					}
				}
			default:
				if i := bytes.IndexFunc(b.Bytes(), func(r rune) bool { return r != '\n' && unsafe(r) }); i >= 0 {
					t.Fatalf("%s: control character at %d of %q", format, i, b.String())
				}
			}
		}
	})
}
