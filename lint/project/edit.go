package project

import (
	"slices"
	"strings"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

// Edit returns the project with other contents of some files, by path; nil
// removes a file. The rest is not read again, and what the compiler made of it is
// reused, so that the cost follows the change. in, which was made with the same
// options, stays as it is. Tests are those of in.
func Edit(in *lint.Input, files map[string][]byte, o Options) *lint.Input {
	var docs []rules.Document
	before := map[string]bool{}
	for _, d := range in.Set.Documents() {
		path := d.Meta().Span.Path()
		if _, edited := files[path]; edited {
			before[path] = true
			continue
		}
		docs = append(docs, rules.Copy(d))
	}
	diags := slices.Clone(in.Reading)
	diags = slices.DeleteFunc(diags, func(d rules.Diagnostic) bool {
		_, edited := files[d.Span.Path()]
		before[d.Span.Path()] = before[d.Span.Path()] || edited
		return edited
	})
	count := in.Set.Files
	for _, path := range sortedKeys(files) {
		if before[path] {
			count--
		}
		if files[path] == nil {
			continue
		}
		count++
		parsed, problems := rules.Parse(path, files[path])
		docs, diags = append(docs, parsed...), append(diags, problems...)
	}
	slices.SortStableFunc(docs, func(a, b rules.Document) int { return strings.Compare(a.Meta().Span.Path(), b.Meta().Span.Path()) })
	out := assemble(docs, diags, o)
	compile(out, in.Program, o)
	out.Set.Files = count
	out.Tests, out.HasTests, out.TestDiagnostics = in.Tests, in.HasTests, in.TestDiagnostics
	out.Complete, out.Jobs, out.Memory = in.Complete, in.Jobs, in.Memory
	return out
}
