// Package project reads what is to be linted: rules, what processing pipelines
// and the compiler make of them, and their tests.
//
// Nothing that is wrong with the rules keeps it from reading the rest: all of it
// becomes diagnostics of the input.
package project

import (
	"slices"
	"sync"
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
	// Files are those that tests lie in; nil means those of the operating system.
	Files ruletest.Files
	Found bool // nobody named Paths, so some of them may hold no rule
	// Earlier are the files and folders of rules at the revision that is compared with;
	// nil means Paths.
	Earlier []string

	Pipeline     *pipeline.Pipeline // changes rules before they are compiled; nil for none
	Taxonomies   map[string]*pipeline.Pipeline
	Placeholders map[string][]string

	Facts *attack.Facts
	Table *logsource.Table
	Now   time.Time
}

// Load reads a project.
func Load(o Options) *lint.Input {
	docs, files, diags := rules.ReadPaths(o.Paths...)
	if o.Found && files > 0 {
		diags = slices.DeleteFunc(diags, func(d rules.Diagnostic) bool { return d.Code == rules.CodeEmptyFolder })
	}
	in := assemble(docs, diags, o)
	in.Set.Files = files
	var tests sync.WaitGroup
	if o.Tests {
		in.HasTests = true
		tests.Go(func() {
			suite, problems := ruletest.Load(ruletest.LoadOptions{Paths: o.Paths, RuleDirs: o.RuleDirs, TestDirs: o.TestDirs, Known: in.Set, Files: o.Files})
			in.Tests, in.Suite, in.TestDiagnostics = suite.Cases, suite, problems
		})
	}
	compile(in, nil, o)
	tests.Wait()
	return in
}

// Build makes an input of documents that were read already, with the problems of
// reading them.
func Build(docs []rules.Document, diags rules.Diagnostics, o Options) *lint.Input {
	in := assemble(docs, diags, o)
	compile(in, nil, o)
	return in
}

// assemble makes an input of documents without compiling them.
func assemble(docs []rules.Document, diags rules.Diagnostics, o Options) *lint.Input {
	set, together := rules.Assemble(docs)
	return &lint.Input{Set: set, Facts: o.Facts, Table: o.Table, Now: o.Now, Reading: diags, Diagnostics: together, Memory: &lint.Memory{}}
}

// compile adds what the documents of an input mean. What is the same in an
// earlier program is taken over.
func compile(in *lint.Input, earlier *compiler.Program, o Options) {
	changed := in.Set
	if o.Pipeline != nil || len(o.Taxonomies) > 0 {
		result, problems := o.Pipeline.Apply(in.Set, pipeline.Options{Placeholders: o.Placeholders, Taxonomies: o.Taxonomies})
		changed = result.Set
		in.Diagnostics = append(in.Diagnostics, problems...)
	}
	program, problems := compiler.Recompile(earlier, changed, compiler.Options{Placeholders: o.Placeholders, Now: o.Now})
	in.Program = program
	in.Diagnostics = append(in.Diagnostics, problems...)
}
