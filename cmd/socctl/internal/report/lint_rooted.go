package report

import (
	"path"
	"slices"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

// rooted is a run with paths from the folder that contains the present one by the name
// prefix: GitHub looks for files from the root of the repository.
func (r *LintRun) rooted(prefix string) *LintRun {
	if prefix == "" {
		return r
	}
	files := map[*rules.File]*rules.File{}
	move := func(s *rules.Span) {
		if s.File == nil || path.IsAbs(s.File.Path) {
			return
		}
		if files[s.File] == nil {
			f := *s.File
			f.Path = path.Join(prefix, f.Path)
			files[s.File] = &f
		}
		s.File = files[s.File]
	}
	out, result := *r, *r.Result
	out.Result, result.Findings = &result, slices.Clone(r.Result.Findings)
	for i := range result.Findings {
		moveFinding(&result.Findings[i], move)
	}
	return &out
}

// moveFinding moves all places of a finding, which shares none with the one that it was
// copied from.
func moveFinding(f *lint.Finding, move func(*rules.Span)) {
	move(&f.Span)
	f.Related = slices.Clone(f.Related)
	for i := range f.Related {
		move(&f.Related[i].Span)
	}
	if f.Fix != nil {
		fix := lint.Fix{Message: f.Fix.Message, Edits: slices.Clone(f.Fix.Edits)}
		for i := range fix.Edits {
			move(&fix.Edits[i].Span)
		}
		f.Fix = &fix
	}
	if f.Suppression != nil {
		s := *f.Suppression
		move(&s.Span)
		f.Suppression = &s
	}
}
