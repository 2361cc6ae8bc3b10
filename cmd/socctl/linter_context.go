package main

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/lint/project"
	"github.com/socctl/socctl/rules"
)

// inContext adds the rules of the configuration to what was named, if that refers to
// rules that are not among it, as a filter does that is linted alone. Only what was
// named is checked then: asked says of which files. It is nil if nothing was added.
func (l *linter) inContext(in *lint.Input) (wide *lint.Input, asked func(path string) bool) {
	unknown := func(d rules.Diagnostic) bool { return d.Code == "ref/unknown-rule" }
	if l.complete && l.stdin == nil || len(l.options.RuleDirs) == 0 || !slices.ContainsFunc(in.Diagnostics, unknown) {
		return in, nil
	}
	asked = l.named()
	docs, _, _ := rules.ReadPaths(fromHere(l.options.RuleDirs, true)...)
	docs = slices.DeleteFunc(docs, func(d rules.Document) bool { return asked(d.Meta().Span.Path()) })
	if len(docs) == 0 {
		return in, nil
	}
	wide = project.Build(append(in.Set.Documents(), docs...), in.Reading, l.options)
	wide.Set.Files = in.Set.Files
	wide.Tests, wide.Suite, wide.HasTests, wide.TestDiagnostics = in.Tests, in.Suite, in.HasTests, in.TestDiagnostics
	wide.Only = asked
	return wide, asked
}

// named reports of a path whether it was given to the command, or is below one that was.
func (l *linter) named() func(path string) bool {
	if l.stdin != nil {
		name := strings.ReplaceAll(l.name, `\`, "/")
		return func(path string) bool { return path == name }
	}
	return func(path string) bool {
		return slices.ContainsFunc(l.options.Paths, func(p string) bool { return below(path, filepath.ToSlash(p)) })
	}
}

// only leaves of a result what is about some files.
func only(r *lint.Result, asked func(path string) bool, in *lint.Input) {
	r.Findings = slices.DeleteFunc(r.Findings, func(f lint.Finding) bool { return !asked(f.Span.Path()) })
	r.Documents = 0
	for _, d := range in.Set.Documents() {
		if asked(d.Meta().Span.Path()) {
			r.Documents++
		}
	}
}
