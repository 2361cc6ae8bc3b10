package lint

import (
	"slices"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/solver"
	"github.com/socctl/socctl/rules"
)

// meaning is what the documents of a file mean, in their order.
type meaning []documentMeaning

// documentMeaning is what one document means. The zero value is for one with an
// error.
type documentMeaning struct {
	hash    string            // equal ones mean the same
	rule    *compiler.Rule    // nil for other documents
	program *compiler.Program // of the rule
}

// keptBy reports whether every document that had a meaning has the same one.
func (m meaning) keptBy(after meaning) bool {
	if len(m) != len(after) {
		return false
	}
	for i := range m {
		if m[i].hash != "" && m[i].hash != after[i].hash && !m[i].provenBy(&after[i]) {
			return false
		}
	}
	return true
}

// provenBy reports whether it is proven that two rules match the same events,
// also those of which fields hold several values at once.
func (m *documentMeaning) provenBy(after *documentMeaning) bool {
	if m.rule == nil || after.rule == nil || !sameLogsource(m.rule, after.rule) {
		return false
	}
	s := solver.New(solver.Options{Lists: true})
	return s.Equivalent(s.Formula(m.program, m.rule.Expr), s.Formula(after.program, after.rule.Expr)).Answer == solver.Yes
}

func sameLogsource(a, b *compiler.Rule) bool {
	return a.Category == b.Category && a.Product == b.Product && a.Service == b.Service &&
		slices.EqualFunc(a.Source.Logsource.Custom, b.Source.Logsource.Custom, func(x, y rules.Entry) bool {
			return x.Key.Text == y.Key.Text && x.Value.Scalar.Text == y.Value.Scalar.Text
		})
}

// meaning compiles the documents of one file, each without the rest of the
// project. What cannot be compiled alone, such as a correlation over rules of
// other files, is compared by its canonical text.
func (x Fixer) meaning(path string, source []byte) meaning {
	docs, _ := rules.Parse(path, source)
	out := make(meaning, len(docs))
	for i, d := range docs {
		if d.Meta().Invalid {
			continue
		}
		out[i].hash = rules.ContentHash(d)
		r, ok := d.(*rules.Rule)
		if !ok {
			continue
		}
		alone := &rules.Set{}
		alone.Add(r)
		if p, _ := compiler.Compile(alone, x.Compile); len(p.Rules) == 1 {
			out[i] = documentMeaning{p.Rules[0].Hash, p.Rules[0], p}
		}
	}
	return out
}

// FixProven is FixBy for a fix that is offered only if it is proven that every
// document of the file matches the same events afterwards, also those of which
// fields hold several values. It is not offered for a rule that cannot be compiled
// alone, such as one with placeholders.
func (f *Finding) FixProven(message string, edits ...Edit) *Finding {
	if len(edits) == 0 || edits[0].Span.File == nil || !consistent(edits) {
		return f
	}
	file := edits[0].Span.File
	fixed := &Finding{Fix: &Fix{Edits: edits}}
	var x Fixer
	before, after := x.meaning(file.Path, file.Source), x.meaning(file.Path, apply(file.Source, []*Finding{fixed}))
	if !before.certain() || !after.certain() || !before.keptBy(after) {
		return f
	}
	return f.FixBy(message, edits...)
}

// certain reports whether it is known what every rule means.
func (m meaning) certain() bool {
	return !slices.ContainsFunc(m, func(d documentMeaning) bool { return d.hash == "" })
}
