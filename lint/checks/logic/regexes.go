package logic

import (
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/solver"
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/lint/proof"
	"github.com/socctl/socctl/rules"
)

// plainForm is what a regular expression says without being one: a literal, and
// where it stands.
type plainForm struct {
	anchor  compiler.Anchor
	literal string
	cased   bool
	written bool // it has anchors or .* that a modifier says better
	proven  bool // it means the same, also for texts of several lines
}

// sigma returns the literal as a Sigma string, escaped where it has to be.
func (f *plainForm) sigma() string {
	exact := compiler.LiteralPredicate("", f.literal, compiler.Whole, true)
	if raw := compiler.TextPredicate("", f.literal, compiler.Whole, true); raw.String() == exact.String() {
		return f.literal
	}
	return exact.Pattern.String()
}

// modifiers returns what stands behind the field for the form.
func (f *plainForm) modifiers() string {
	out := map[compiler.Anchor]string{compiler.Anywhere: "|contains", compiler.AtStart: "|startswith", compiler.AtEnd: "|endswith"}[f.anchor]
	if f.cased {
		out += "|cased"
	}
	return out
}

// plain returns the form of an expression that consists of a literal with anchors
// and .* around it; false for any other. What it returns is a proposal.
func plain(expr string, flags syntax.Flags) (plainForm, bool) {
	tree, err := syntax.Parse(expr, syntax.Perl|flags)
	if err != nil {
		return plainForm{}, false
	}
	parts := []*syntax.Regexp{tree}
	if tree.Op == syntax.OpConcat {
		parts = tree.Sub
	}
	f := plainForm{anchor: compiler.Anywhere}
	atStart, atEnd := false, false
	if len(parts) > 0 && parts[0].Op == syntax.OpBeginText {
		atStart, f.written, parts = true, true, parts[1:]
	}
	if n := len(parts) - 1; n >= 0 && parts[n].Op == syntax.OpEndText {
		atEnd, f.written, parts = true, true, parts[:n]
	}
	if len(parts) > 0 && anything(parts[0]) {
		atStart, f.written, parts = false, true, parts[1:]
	}
	if n := len(parts) - 1; n >= 0 && anything(parts[n]) {
		atEnd, f.written, parts = false, true, parts[:n]
	}
	if len(parts) != 1 || parts[0].Op != syntax.OpLiteral {
		return plainForm{}, false
	}
	f.literal = string(parts[0].Rune)
	f.cased = parts[0].Flags&syntax.FoldCase == 0 && hasCase(f.literal)
	switch {
	case atStart && atEnd:
		f.anchor = compiler.Whole
	case atStart:
		f.anchor = compiler.AtStart
	case atEnd:
		f.anchor = compiler.AtEnd
	}
	return f, utf8.ValidString(f.literal)
}

// anything reports whether an expression is .* in any of its forms.
func anything(x *syntax.Regexp) bool {
	for x.Op == syntax.OpCapture {
		x = x.Sub[0]
	}
	return x.Op == syntax.OpStar && (x.Sub[0].Op == syntax.OpAnyChar || x.Sub[0].Op == syntax.OpAnyCharNotNL)
}

func hasCase(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.SimpleFold(r) != r })
}

// flagsOf returns the flags that modifiers of an item set.
func flagsOf(item *rules.Item) (f syntax.Flags) {
	if item.Has("i") {
		f |= syntax.FoldCase
	}
	if item.Has("s") {
		f |= syntax.DotNL
	}
	if item.Has("m") {
		f &^= syntax.OneLine
	}
	return f
}

// expressions calls do for every value of a document that is a regular expression,
// with the predicate that it was compiled to.
func expressions(p *lint.Pass, do func(item *rules.Item, v *rules.Scalar, predicate *compiler.Predicate)) {
	if p.Compiled == nil {
		return
	}
	seen := map[*rules.Scalar]bool{}
	var walk func(e *compiler.Expr, item *rules.Item)
	walk = func(e *compiler.Expr, item *rules.Item) {
		if e.Item != nil {
			item = e.Item
		}
		if e.Op == compiler.Leaf && e.Value != nil && item != nil && !seen[e.Value] {
			if predicate := &p.Corpus.Program.Predicates[e.Atom]; predicate.Op == compiler.OpRegex {
				seen[e.Value] = true
				do(item, e.Value, predicate)
			}
		}
		for _, arg := range e.Args {
			walk(arg, item)
		}
	}
	walk(p.Compiled.Detection, nil)
}

// equivalent reports whether it is proven that two predicates hold on the same
// values.
func equivalent(a, b *compiler.Predicate) bool {
	s := solver.New(solver.Options{Lists: true})
	return s.Equivalent(s.Predicate(a), s.Predicate(b)).Answer == solver.Yes
}

// reportPlain reports expressions that are nothing but a literal, with or without
// anchors, and offers what says the same.
func reportPlain(p *lint.Pass, written bool, message func(f *plainForm) string) {
	type found struct {
		value *rules.Scalar
		form  plainForm
	}
	byItem := map[*rules.Item][]found{}
	var items []*rules.Item
	expressions(p, func(item *rules.Item, v *rules.Scalar, predicate *compiler.Predicate) {
		f, ok := plain(v.Text, flagsOf(item))
		if !ok || f.written != written {
			return
		}
		other := compiler.LiteralPredicate(predicate.Field, f.literal, f.anchor, f.cased)
		f.proven = equivalent(predicate, &other)
		if !f.proven && !written {
			return
		}
		if byItem[item] == nil {
			items = append(items, item)
		}
		byItem[item] = append(byItem[item], found{v, f})
	})
	for _, item := range items {
		all := byItem[item]
		var edits []lint.Edit
		same := !slices.ContainsFunc(all, func(f found) bool { return !f.form.proven || f.form.modifiers() != all[0].form.modifiers() })
		if len(all) == len(item.Values) && same {
			edits = literalEdits(item, all[0].form.modifiers())
			for _, f := range all {
				edits = append(edits, lint.Edit{Span: f.value.Span, Text: quoted(f.form.sigma())})
			}
		}
		for _, f := range all {
			p.Report(f.value.Span, message(&f.form), "write "+item.Field.Text+f.form.modifiers()+": "+proof.Quote(f.form.sigma())).
				FixProven("write "+item.Field.Text+f.form.modifiers(), edits...)
		}
	}
}

// literalEdits returns the edit of a key that puts modifiers in the place of those
// of regular expressions.
func literalEdits(item *rules.Item, modifiers string) []lint.Edit {
	rest := ""
	for _, m := range item.Modifiers {
		switch m.Name {
		case "re", "i", "m", "s":
		default:
			rest += "|" + m.Name
		}
	}
	return []lint.Edit{{Span: item.Key.Span, Text: item.Field.Text + modifiers + rest}}
}

// quoted returns a text as a YAML scalar in single quotes.
func quoted(s string) string {
	out := []byte{'\''}
	for i := range len(s) {
		if s[i] == '\'' {
			out = append(out, '\'')
		}
		out = append(out, s[i])
	}
	return string(append(out, '\''))
}
