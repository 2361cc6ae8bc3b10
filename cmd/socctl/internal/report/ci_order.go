package report

import (
	"slices"

	"github.com/socctl/socctl/rules"
)

// blocking reports whether a blocker is about a document. Where there is no version of
// now, lines are those of before, so that every blocker of its file is taken.
func blocking(blockers []CIRemark, doc rules.Document, gone bool) bool {
	span := doc.Meta().Span
	return slices.ContainsFunc(blockers, func(b CIRemark) bool {
		return b.Path == span.Path() && (gone || b.Line == 0 || span.Start.Line <= b.Line && b.Line <= max(span.Start.Line, span.End.Line))
	})
}

// blocks reports whether a rule is a reason not to merge: a blocker is about it, or one
// of its tests fails that did not before.
func (r *CIRun) blocks(c *DiffChange, blockers []CIRemark) bool {
	if blocking(blockers, c.Rule().Source, c.New == nil) {
		return true
	}
	for i := range r.cases() {
		t := &r.Tests.Result.Cases[i]
		if !t.Clean() && tests(t, c.Rule()) && (r.Strict || !r.FailedBefore[t.Case.ID]) {
			return true
		}
	}
	return false
}

// order puts what blocks before the rest; the worst stays first in each part.
func (p *CIPage) order() {
	slices.SortStableFunc(p.Changes, func(a, b CIChange) int { return first(a.Blocks, b.Blocks) })
	slices.SortStableFunc(p.Correlations, func(a, b CICorrelation) int { return first(a.Blocks, b.Blocks) })
}

// first compares so that what is true comes first.
func first(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

// maxBlocking is how many rules that block are shown one by one.
const maxBlocking = 50

// unfolded is how many of a list are told before the rest is folded: all that block,
// as far as a comment has room for them.
func unfolded[T any](list []T, blocks func(*T) bool) int {
	n := 0
	for n < len(list) && n < maxBlocking && blocks(&list[n]) {
		n++
	}
	return max(n, min(len(list), maxRows))
}
