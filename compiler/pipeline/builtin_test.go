package pipeline_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/pipeline"
	"github.com/socctl/socctl/rules"
)

func TestBuiltinPipelines(t *testing.T) {
	if diff := cmp.Diff([]string{"auditd", "aws", "ecs_windows", "okta", "sysmon", "windows-audit"}, pipeline.BuiltinNames()); diff != "" {
		t.Fatal(diff)
	}
	for _, name := range pipeline.BuiltinNames() {
		if p := pipeline.Builtin(name); p == nil || p.Name == "" || len(p.Items) == 0 {
			t.Errorf("%s is %v", name, p)
		}
	}
	if pipeline.Builtin("nope") != nil {
		t.Error("there is a pipeline nope")
	}
}

// Every rule of SigmaHQ either comes out of every built-in pipeline such that
// it compiles, or is rejected with a reason.
func TestBuiltinsOnSigmaHQ(t *testing.T) {
	root := os.Getenv("SOCCTL_SIGMAHQ")
	if root == "" {
		t.Skip("SOCCTL_SIGMAHQ does not name a folder with the rules of SigmaHQ")
	}
	set, diags := rules.LoadPaths(filepath.Join(root, "rules"))
	before, _ := compiler.Compile(set, compiler.Options{})
	t.Logf("%d rules, %d problems", len(before.Rules), diags.Count(rules.Error))
	for _, name := range pipeline.BuiltinNames() {
		t.Run(name, func(t *testing.T) {
			result, diags := pipeline.Builtin(name).Apply(set, pipeline.Options{})
			after, problems := compiler.Compile(result.Set, compiler.Options{})
			changed, rejected := 0, 0
			for _, d := range result.Documents {
				switch {
				case d.Rejected:
					rejected++
					if !slices.ContainsFunc(diags, func(p rules.Diagnostic) bool {
						return p.Severity == rules.Error && p.Span.Path() == d.Before.Meta().Title.Span.Path()
					}) {
						t.Errorf("%s is rejected without a reason", d.Before.Meta().Label())
					}
				case d.Before != d.After:
					changed++
				}
			}
			if changed == 0 {
				t.Error("no rule was changed")
			}
			if len(after.Rules)+rejected != len(before.Rules) {
				t.Errorf("%d rules compile and %d are rejected, of %d: %v", len(after.Rules), rejected, len(before.Rules), problems.Err())
			}
			t.Logf("%d changed, %d rejected", changed, rejected)
		})
	}
}
