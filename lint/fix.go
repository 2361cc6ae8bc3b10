package lint

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/rules"
)

// Fix is a change that removes a finding.
type Fix struct {
	Message string // what it does, as a phrase in the imperative
	Edits   []Edit // that do not overlap, all of one file
}

// Edit replaces a region of a file.
type Edit struct {
	Span rules.Span
	Text string
}

// FixResult is what fixes make of one file.
type FixResult struct {
	Path          string
	Before, After []byte
	Applied       []*Finding
	// Refused are fixes that would have changed what a document means, or made
	// it unreadable. They are mistakes of checks, or of a combination of fixes.
	Refused []*Finding
	// Postponed are fixes that overlap with an applied one. Another run may
	// apply them.
	Postponed []*Finding
}

// Fixer applies fixes. It compiles files before and after with the placeholders
// of the rules, to see that they mean the same.
type Fixer struct {
	Compile compiler.Options
}

// Fix applies the fixes of all findings that count, file by file, in the order
// of their paths. Nothing is written.
func (x Fixer) Fix(findings []Finding) []FixResult {
	byFile := map[*rules.File][]*Finding{}
	var files []*rules.File
	for i := range findings {
		f := &findings[i]
		if f.Fix == nil || !f.Counts() || f.Fix.Edits[0].Span.File == nil {
			continue
		}
		file := f.Fix.Edits[0].Span.File
		if byFile[file] == nil {
			files = append(files, file)
		}
		byFile[file] = append(byFile[file], f)
	}
	slices.SortFunc(files, func(a, b *rules.File) int { return cmp.Compare(a.Path, b.Path) })
	out := make([]FixResult, 0, len(files))
	for _, file := range files {
		out = append(out, x.fixFile(file, byFile[file]))
	}
	return out
}

// fixFile applies all fixes at once and, if that changes the meaning, one by
// one, leaving out those that do.
func (x Fixer) fixFile(file *rules.File, findings []*Finding) FixResult {
	r := FixResult{Path: file.Path, Before: file.Source}
	findings = slices.DeleteFunc(slices.Clone(findings), func(f *Finding) bool {
		if !consistent(f.Fix.Edits) {
			r.Refused = append(r.Refused, f)
			return true
		}
		return false
	})
	chosen, postponed := disjoint(findings)
	r.Postponed = postponed
	before := x.meaning(file.Path, file.Source)
	if after := apply(file.Source, chosen); before.keptBy(x.meaning(file.Path, after)) {
		r.After, r.Applied = after, chosen
		return r
	}
	for _, f := range chosen {
		if before.keptBy(x.meaning(file.Path, apply(file.Source, append(slices.Clone(r.Applied), f)))) {
			r.Applied = append(r.Applied, f)
		} else {
			r.Refused = append(r.Refused, f)
		}
	}
	r.After = apply(file.Source, r.Applied)
	return r
}

// disjoint takes fixes in order, leaving those for later that overlap with one
// that was taken. The same edit may be part of several fixes.
func disjoint(findings []*Finding) (chosen, postponed []*Finding) {
	var taken []region
	for _, f := range findings {
		edits := regions(f.Fix.Edits)
		if slices.ContainsFunc(edits, func(e region) bool {
			return slices.ContainsFunc(taken, func(t region) bool { return t != e && t.overlaps(e) })
		}) {
			postponed = append(postponed, f)
			continue
		}
		chosen, taken = append(chosen, f), append(taken, edits...)
	}
	return chosen, postponed
}

// consistent reports whether the edits of one fix leave each other alone.
func consistent(edits []Edit) bool {
	all := regions(edits)
	for i, r := range all {
		if slices.ContainsFunc(all[:i], func(s region) bool { return r != s && r.from < s.to && s.from < r.to }) {
			return false
		}
	}
	return true
}

type region struct {
	from, to int
	text     string
}

// overlaps also holds for two insertions at one place, whose order is open.
func (r region) overlaps(s region) bool {
	return r.from < s.to && s.from < r.to || r.from == s.from
}

func regions(edits []Edit) []region {
	out := make([]region, len(edits))
	for i, e := range edits {
		from, to := e.Span.Offsets()
		out[i] = region{from, to, e.Text}
	}
	return out
}

func apply(source []byte, findings []*Finding) []byte {
	var all []Edit
	for _, f := range findings {
		all = append(all, f.Fix.Edits...)
	}
	return Apply(source, all)
}

// Apply returns a file with edits in it that do not overlap. The same edit may be
// there several times.
func Apply(source []byte, edits []Edit) []byte {
	all := regions(edits)
	slices.SortFunc(all, func(a, b region) int { return cmp.Or(a.from-b.from, a.to-b.to, cmp.Compare(a.text, b.text)) })
	all = slices.Compact(all)
	var b bytes.Buffer
	at := 0
	for _, r := range all {
		b.Write(source[at:r.from])
		b.WriteString(r.text)
		at = r.to
	}
	b.Write(source[at:])
	return b.Bytes()
}
