package policy

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/tester"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/socctl/socctl/rules"
)

// TestResult is the outcome of one test of a check.
type TestResult struct {
	Name     string // package and rule
	Path     string
	Line     int
	Passed   bool
	Skipped  bool
	Message  string // why it did not pass
	Output   string // what it printed
	Duration time.Duration
}

// Test runs the rules test_… of *_test.rego files in folders, under the same
// restrictions as checks; they may print. Diagnostics are problems of the files.
func Test(ctx context.Context, folders []string, limits Limits) ([]TestResult, rules.Diagnostics) {
	limits = limits.orDefault()
	sources, diags := read(folders, ofLint)
	if diags.Count(rules.Error) > 0 {
		return nil, diags
	}
	if _, problems := compile(sources, true); problems != nil {
		return nil, problems
	}
	modules := map[string]*ast.Module{"socctl.rego": ast.MustParseModuleWithOpts(library, ast.ParserOptions{RegoVersion: ast.RegoV1})}
	for _, s := range sources {
		modules[s.file.Path] = s.module
	}
	watched, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var memory memoryWatch
	id := memory.enter(cancel, limits.Memory)
	defer memory.leave(id)
	compiler := ast.NewCompiler().WithCapabilities(allowed(true)).WithEnablePrintStatements(true)
	results, err := tester.NewRunner().SetCompiler(compiler).SetModules(modules).CapturePrintOutput(true).SetTimeout(limits.Time).RunTests(watched, nil)
	if err != nil {
		return nil, rules.Diagnostics{{Code: "policy/rego", Severity: rules.Error, Message: err.Error()}}
	}
	var out []TestResult
	for r := range results {
		t := TestResult{Name: r.Package + "." + r.Name, Passed: r.Pass(), Skipped: r.Skip, Output: string(r.Output), Duration: r.Duration}
		if r.Location != nil {
			t.Path, t.Line = r.Location.File, r.Location.Row
		}
		switch {
		case r.Error != nil:
			t.Message = broken(ctx, watched, limits, r.Error)
		case r.Fail && r.FailedAt != nil:
			t.Message = fmt.Sprintf("does not hold: %s", r.FailedAt)
		case r.Fail:
			t.Message = "does not hold"
		}
		out = append(out, t)
	}
	return out, diags
}

// broken says why a test was not carried out, of a limit in the words of checks.
func broken(asked, watched context.Context, limits Limits, err error) string {
	switch {
	case asked.Err() != nil || !topdown.IsCancel(err):
		return err.Error()
	case errors.Is(context.Cause(watched), errMemory):
		return fmt.Sprintf("%v: more than %d MiB", errMemory, limits.Memory>>20)
	}
	return fmt.Sprintf("%v: more than %s", errTime, limits.Time)
}
