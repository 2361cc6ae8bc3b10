package checks_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/socctl/socctl/lint/checks"
)

// reporting are the packages whose diagnostics become findings.
var reporting = []string{"../../rules", "../../compiler", "../../compiler/pipeline", "../../evaluator/ruletest"}

// notLinted are codes of problems that end a command before anything is linted:
// those of a pipeline that cannot be read.
var notLinted = map[string]bool{"pipeline/unknown-key": true, "pipeline/unknown-type": true, "pipeline/unsupported": true,
	"pipeline/missing-key": true, "pipeline/wrong-type": true, "pipeline/invalid-value": true, "pipeline/expression": true,
	"pipeline/regex-invalid": true, "pipeline/no-effect": true}

// Every code that reading, linking, compiling and testing can report has a
// record, and every record without a function is such a code, or the driver's.
func TestEveryCodeHasARecord(t *testing.T) {
	codes := map[string]bool{}
	for _, dir := range reporting {
		for _, code := range codesIn(t, dir) {
			codes[code] = true
		}
	}
	if len(codes) < 60 {
		t.Fatalf("only %d codes found", len(codes))
	}
	for code := range codes {
		if check := catalogue.Find(code); (check == nil) != notLinted[code] {
			t.Errorf("%s: record %t, known not to be linted %t", code, check != nil, notLinted[code])
		}
	}
	for _, check := range checks.All() {
		if check.Run == nil && !codes[check.Name] && check.Group() != "ignore" {
			t.Errorf("%s has no function, and nothing reports it", check.Name)
		}
	}
}

var codeForm = regexp.MustCompile(`^(load|schema|condition|ref|value|correlation|filter|pipeline|logic|test|field|logsource)/[a-z0-9-]+$`)

// codesIn returns the string literals of a package that have the form of codes.
func codesIn(t *testing.T, dir string) (codes []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(filepath.FromSlash(dir), "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		source, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(source, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				if text, err := strconv.Unquote(lit.Value); err == nil && codeForm.MatchString(text) {
					codes = append(codes, text)
				}
			}
			return true
		})
	}
	return codes
}
