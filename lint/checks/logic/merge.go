package logic

import (
	"slices"
	"strings"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/lint/proof"
	"github.com/socctl/socctl/rules"
)

// merging returns the edits that let the condition name one selection instead of
// another one, and remove that; its comments move to the one that stays. None where
// that cannot be done. Whether the rule then means the same is to be proven.
func merging(p *lint.Pass, drop, keep *rules.Selection) []lint.Edit {
	edits, ok := removing(p, drop, keep)
	if !ok {
		return nil
	}
	for _, c := range p.Detection.Conditions {
		if c.Root == nil {
			return nil
		}
		e := renaming{detection: p.Detection, drop: drop.Name.Text, keep: keep.Name.Text}
		e.visit(c.Root)
		edits = append(edits, e.edits...)
	}
	return edits
}

// unnaming returns the edits that remove a selection that the rule does not need, and
// its name from the condition; none where that cannot be done, or the condition names
// nothing beside it.
func unnaming(p *lint.Pass, part *proof.Part) []lint.Edit {
	if part.Selection == nil || p.Detection == nil {
		return nil
	}
	edits, ok := removing(p, part.Selection, nil)
	if !ok {
		return nil
	}
	for _, c := range p.Detection.Conditions {
		if c.Root == nil {
			return nil
		}
		e := renaming{detection: p.Detection, drop: part.Selection.Name.Text}
		e.visit(c.Root)
		edits = append(edits, e.edits...)
	}
	return edits
}

// renaming edits a condition so that it names one selection for another one, each
// operand of an operator once. Without keep, the operand goes.
type renaming struct {
	detection  *rules.Detection
	drop, keep string
	edits      []lint.Edit
}

func (r *renaming) visit(e *rules.Expr) {
	var seen []string
	left := len(e.Args)
	for i, arg := range e.Args {
		name := r.renamed(arg)
		if e.Op != rules.Not && left > 1 && r.drops(arg) && (r.keep == "" || r.named(e.Args, seen, i, name)) {
			if at, ok := operandOf(arg, i == 0); ok {
				r.edits = append(r.edits, lint.Edit{Span: at})
				left--
				continue
			}
		}
		seen = append(seen, name)
		r.visit(arg)
	}
	if left == 1 && len(e.Args) > 1 {
		r.edits = append(r.edits, bare(e.Span)...)
	}
	if at, ok := start(e); ok && len(e.Args) == 0 && r.keep != "" && r.means(e, r.drop) {
		r.edits = append(r.edits, lint.Edit{Span: at, Text: r.keep})
	}
}

// named reports whether an operand means the same as one that stays.
func (r *renaming) named(args []*rules.Expr, seen []string, i int, name string) bool {
	if slices.Contains(seen, name) {
		return true
	}
	return slices.ContainsFunc(args[i+1:], func(later *rules.Expr) bool { return r.renamed(later) == name && !r.drops(later) })
}

// drops reports whether an operand is the selection that goes, or the opposite of it.
func (r *renaming) drops(e *rules.Expr) bool {
	if e.Op == rules.Not {
		e = e.Args[0]
	}
	return r.means(e, r.drop)
}

// means reports whether a name or a pattern means one selection alone.
func (r *renaming) means(e *rules.Expr, name string) bool {
	switch e.Op {
	case rules.Ref:
		return e.Name == name
	case rules.OneOf, rules.AllOf:
		of := r.detection.Matching(e.Name)
		return len(of) == 1 && of[0].Name.Text == name
	}
	return false
}

// renamed writes an operand as it is to be.
func (r *renaming) renamed(e *rules.Expr) string {
	not, inner := "", e
	if e.Op == rules.Not {
		not, inner = "not ", e.Args[0]
	}
	switch {
	case r.means(inner, r.drop) && r.keep == "":
		return ""
	case r.means(inner, r.drop) || r.means(inner, r.keep):
		return not + r.keep
	}
	return e.String()
}

// operandOf returns the place of an operand with the operator before it, or behind it
// if it is the first; false if parentheses or anything else stands between.
func operandOf(e *rules.Expr, first bool) (rules.Span, bool) {
	at, ok := start(e)
	if !ok {
		return at, false
	}
	source := string(at.File.Source)
	from, to := at.Offsets()
	if first {
		behind := strings.TrimLeft(source[to:], blanks)
		operator := behind[:max(0, strings.IndexAny(behind, blanks))]
		rest := strings.TrimLeft(behind[len(operator):], blanks)
		return at.File.Span(from, len(source)-len(rest)), isOperator(operator)
	}
	before := strings.TrimRight(source[:from], blanks)
	operator := word(before)
	return at.File.Span(len(strings.TrimRight(before[:len(before)-len(operator)], blanks)), to), isOperator(operator)
}

// blanks stand between the words of a condition.
const blanks = " \t\r\n"

// start returns the place of an operand from its not, or its quantifier, on.
func start(e *rules.Expr) (rules.Span, bool) {
	at := e.Span
	if at.File == nil || !at.Known() {
		return at, false
	}
	if e.Op == rules.Not {
		inner, ok := start(e.Args[0])
		from, to := inner.Offsets()
		before := strings.TrimRight(string(at.File.Source[:from]), blanks)
		if !ok || word(before) != "not" {
			return at, false
		}
		return at.File.Span(len(before)-len("not"), to), true
	}
	if e.Op == rules.OneOf || e.Op == rules.AllOf {
		return quantified(at)
	}
	return at, true
}

func isOperator(s string) bool { s = strings.ToLower(s); return s == "and" || s == "or" }

// word returns the word at the end of a text, in lower case.
func word(s string) string {
	at := strings.LastIndexAny(s, " \t\r\n()'\":")
	return strings.ToLower(s[at+1:])
}

// bare returns the edits that remove the parentheses around what is a single operand
// now.
func bare(at rules.Span) []lint.Edit {
	if at.File == nil || !at.Known() {
		return nil
	}
	from, to := at.Offsets()
	source := at.File.Source
	if from == 0 || to >= len(source) || source[from-1] != '(' || source[to] != ')' {
		return nil
	}
	return []lint.Edit{{Span: at.File.Span(from-1, from)}, {Span: at.File.Span(to, to+1)}}
}

// quantified returns the place of a quantifier with the pattern that is given.
func quantified(pattern rules.Span) (rules.Span, bool) {
	if pattern.File == nil || !pattern.Known() {
		return pattern, false
	}
	from, to := pattern.Offsets()
	before := strings.TrimRight(string(pattern.File.Source[:from]), blanks)
	if word(before) != "of" {
		return pattern, false
	}
	before = strings.TrimRight(before[:len(before)-len("of")], blanks)
	if w := word(before); w == "1" || w == "any" || w == "all" {
		return pattern.File.Span(len(before)-len(w), to), true
	}
	return pattern, false
}
