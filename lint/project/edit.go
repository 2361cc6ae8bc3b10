package project

import (
	"slices"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

// Edit returns the project with some files replaced by new contents; nil removes
// one. in stays as it is.
func Edit(in *lint.Input, files map[string][]byte, o Options) *lint.Input {
	var docs []rules.Document
	var diags rules.Diagnostics
	for _, d := range in.Set.Documents() {
		if _, edited := files[d.Meta().Span.Path()]; !edited {
			docs = append(docs, rules.Copy(d))
		}
	}
	for _, name := range sortedKeys(files) {
		if files[name] != nil {
			parsed, problems := rules.Parse(name, files[name])
			docs, diags = append(docs, parsed...), append(diags, problems...)
		}
	}
	set, together := rules.Assemble(docs)
	set.Files = in.Set.Files
	out := Build(set, slices.Concat(diags, together), o)
	out.Tests, out.HasTests, out.TestRoot, out.TestDiagnostics = in.Tests, in.HasTests, in.TestRoot, in.TestDiagnostics
	return out
}
