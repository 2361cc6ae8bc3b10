package matcher

import (
	"regexp/syntax"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/socctl/socctl/compiler"
)

// maxAlternatives bounds how many literals stand for one expression.
const maxAlternatives = 32

// maxClauses bounds how many lists of literals an expression is narrowed by.
const maxClauses = 4

// A clause is a list of folded literals of which one must be in a folded text.
type clause []string

// required returns clauses that hold for the folded form of every text in which
// the expression finds something, the least likely one first. The reason why
// that is right: folding goes code point by code point, and two code points
// that match each other without case fold to the same.
func required(tree *syntax.Regexp) []clause {
	all := demandOf(tree).clauses()
	for i := range all {
		all[i] = withoutLonger(all[i])
	}
	slices.SortStableFunc(all, func(a, b clause) int { return value(b) - value(a) })
	var out []clause
	for _, c := range all {
		if value(c) > 0 && len(out) < maxClauses && !slices.ContainsFunc(out, func(o clause) bool { return slices.Equal(o, c) }) {
			out = append(out, c)
		}
	}
	return out
}

// withoutLonger leaves out literals that are there only where a shorter one is, as a text
// before a newline for $: what goes beyond a line keeps texts from being looked at by lines.
func withoutLonger(c clause) clause {
	if len(c) > maxAlternatives {
		return c
	}
	var out clause
	for i, l := range c {
		if !slices.ContainsFunc(c, func(other string) bool { return len(other) < len(l) && strings.Contains(l, other) }) && !slices.Contains(c[:i], l) {
			out = append(out, l)
		}
	}
	return out
}

// demand is what a part of an expression asks of a text.
type demand struct {
	exact clause   // the folded texts that the part matches, if they are few; else nil
	all   []clause // hold in any case
}

func (d demand) clauses() []clause {
	if value(d.exact) > 0 {
		return append(slices.Clip(d.all), d.exact)
	}
	return d.all
}

// best returns the least likely clause, nil if there is none.
func (d demand) best() clause {
	var best clause
	for _, c := range d.clauses() {
		if value(c) > value(best) {
			best = c
		}
	}
	return best
}

// value says how much a clause narrows down, 0 if hardly at all: one byte does
// if it is a rare one.
func value(literals clause) int {
	if len(literals) == 0 {
		return 0
	}
	shortest := len(literals[0])
	for _, l := range literals {
		shortest = min(shortest, len(l))
	}
	if shortest == 1 && (len(literals) > 1 || strings.Contains("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 \\", literals[0])) {
		return 0
	}
	return shortest * 64 / (1 + (len(literals)-1)/8)
}

func demandOf(re *syntax.Regexp) demand {
	switch re.Op {
	case syntax.OpEmptyMatch, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText,
		syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return demand{exact: clause{""}}
	case syntax.OpLiteral:
		return literalDemand(re.Rune)
	case syntax.OpCharClass:
		return demand{exact: classTexts(re.Rune)}
	case syntax.OpCapture:
		return demandOf(re.Sub[0])
	case syntax.OpPlus:
		return demand{all: demandOf(re.Sub[0]).clauses()}
	case syntax.OpQuest:
		if d := demandOf(re.Sub[0]); d.exact != nil {
			return demand{exact: distinct(append(clause{""}, d.exact...))}
		}
	case syntax.OpRepeat:
		return repeatDemand(re)
	case syntax.OpConcat:
		return concatDemand(re.Sub)
	case syntax.OpAlternate:
		return alternateDemand(re.Sub)
	}
	return demand{}
}

// literalDemand stops at code points that text which is no UTF-8 may match.
func literalDemand(runes []rune) demand {
	var pieces []clause
	from := 0
	for i, r := range runes {
		if !certain(r) {
			pieces = append(pieces, clause{compiler.Fold(string(runes[from:i]))})
			from = i + 1
		}
	}
	last := clause{compiler.Fold(string(runes[from:]))}
	if from == 0 {
		return demand{exact: last}
	}
	return demand{all: append(pieces, last)}
}

// certain reports whether a text in which r matches contains its UTF-8 form.
func certain(r rune) bool { return r != utf8.RuneError && utf8.ValidRune(r) }

// classTexts returns the folded members of a small class.
func classTexts(ranges []rune) clause {
	var out clause
	for i := 0; i+1 < len(ranges); i += 2 {
		if ranges[i+1]-ranges[i] > 64 {
			return nil
		}
		for r := ranges[i]; r <= ranges[i+1]; r++ {
			if !certain(r) {
				return nil
			}
			out = append(out, compiler.Fold(string(r)))
		}
		if out = distinct(out); len(out) > 12 {
			return nil
		}
	}
	return out
}

func distinct(texts clause) clause {
	slices.Sort(texts)
	return slices.Compact(texts)
}

func repeatDemand(re *syntax.Regexp) demand {
	if re.Min == 0 {
		return demand{}
	}
	sub := re.Sub[0]
	copies := make([]*syntax.Regexp, min(re.Min, 8))
	for i := range copies {
		copies[i] = sub
	}
	d := concatDemand(copies)
	if re.Max == re.Min && re.Min <= 8 {
		return d
	}
	return demand{all: d.clauses()}
}

// concatDemand joins neighbouring parts of few texts, as long as together they
// are few.
func concatDemand(parts []*syntax.Regexp) demand {
	var all []clause
	run, whole := clause{""}, true
	for _, part := range parts {
		d := demandOf(part)
		all = append(all, d.all...)
		if d.exact != nil && len(run)*len(d.exact) <= maxAlternatives {
			run = product(run, d.exact)
			continue
		}
		all, whole = append(all, run), false
		if run = d.exact; run == nil {
			run = clause{""}
		}
	}
	if whole {
		return demand{exact: run, all: all}
	}
	return demand{all: append(all, run)}
}

func product(first, second clause) clause {
	out := make(clause, 0, len(first)*len(second))
	for _, a := range first {
		for _, b := range second {
			out = append(out, a+b)
		}
	}
	return distinct(out)
}

func alternateDemand(parts []*syntax.Regexp) demand {
	exact, either := clause{}, clause{}
	for _, part := range parts {
		d := demandOf(part)
		if exact != nil && d.exact != nil && len(exact)+len(d.exact) <= maxAlternatives {
			exact = append(exact, d.exact...)
		} else {
			exact = nil
		}
		if best := d.best(); best != nil && either != nil && len(either)+len(best) <= maxAlternatives {
			either = append(either, best...)
		} else {
			either = nil
		}
	}
	if exact != nil {
		return demand{exact: distinct(exact)}
	}
	if either != nil {
		return demand{all: []clause{distinct(either)}}
	}
	return demand{}
}
