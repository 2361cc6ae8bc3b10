// Package project reads what is to be linted: rules, what processing pipelines
// and the compiler make of them, and their tests.
//
// Nothing that is wrong with the rules keeps it from reading the rest: all of it
// becomes diagnostics of the input.
package project

import (
	"slices"
	"time"

	"github.com/socctl/socctl/attack"
	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/pipeline"
	"github.com/socctl/socctl/evaluator/ruletest"
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/logsource"
)

// Options say where things are and how rules are read. Only Paths is needed.
type Options struct {
	Paths              []string // files and folders of rules
	RuleDirs, TestDirs []string // see ruletest.LoadOptions
	Tests              bool     // look for tests
	Found              bool     // nobody named Paths, so some of them may hold no rule

	Pipeline     *pipeline.Pipeline // changes rules before they are compiled; nil for none
	Taxonomies   map[string]*pipeline.Pipeline
	Placeholders map[string][]string

	Facts *attack.Facts
	Table *logsource.Table
	Now   time.Time
}

// Load reads a project.
func Load(o Options) *lint.Input {
	set, diags := rules.LoadPaths(o.Paths...)
	if o.Found && set.Files > 0 {
		diags = slices.DeleteFunc(diags, func(d rules.Diagnostic) bool { return d.Code == rules.CodeEmptyFolder })
	}
	in := Build(set, diags, o)
	if o.Tests {
		in.HasTests = true
		suite, problems := ruletest.Load(ruletest.LoadOptions{Paths: o.Paths, RuleDirs: o.RuleDirs, TestDirs: o.TestDirs})
		in.Tests = suite.Cases
		in.TestDiagnostics = problems
	}
	return in
}

// Build makes an input of rules that were read already, with the problems of
// reading them.
func Build(set *rules.Set, diags rules.Diagnostics, o Options) *lint.Input {
	in := &lint.Input{Set: set, Facts: o.Facts, Table: o.Table, Now: o.Now}
	in.Diagnostics = append(in.Diagnostics, diags...)
	result, changed := o.Pipeline.Apply(set, pipeline.Options{Placeholders: o.Placeholders, Taxonomies: o.Taxonomies})
	in.Diagnostics = append(in.Diagnostics, changed...)
	program, compiled := compiler.Compile(result.Set, compiler.Options{Placeholders: o.Placeholders})
	in.Diagnostics = append(in.Diagnostics, compiled...)
	in.Program = program
	return in
}
