package matcher

import (
	"regexp/syntax"
	"slices"
	"unicode/utf8"

	"github.com/socctl/socctl/compiler"
)

// maxAlternatives bounds how many literals stand for one expression.
const maxAlternatives = 32

// required returns folded literals of which the folded form of every text that
// the expression finds something in contains one. It is nil if there are none.
// The reason why that is right: folding goes code point by code point, and two
// code points that match each other without case fold to the same.
func required(re *compiler.Regex) []string {
	tree, err := syntax.Parse(re.String(), syntax.Perl)
	if err != nil {
		return nil
	}
	return demandOf(tree).best()
}

// demand is what a part of an expression asks of a text.
type demand struct {
	exact []string // the folded texts that the part matches, if they are few; else nil
	any   []string // folded literals of which one is in the text; nil if nothing is known
}

// best returns the literals to look for.
func (d demand) best() []string {
	return better(d.any, d.exact)
}

// better returns the list of literals that is the less likely one.
func better(a, b []string) []string {
	if value(b) > value(a) {
		return b
	}
	return a
}

// value says how much a list of literals narrows down, 0 if not at all.
func value(literals []string) int {
	if len(literals) == 0 {
		return 0
	}
	shortest := len(literals[0])
	for _, l := range literals {
		shortest = min(shortest, len(l))
	}
	return shortest * 64 / (1 + (len(literals)-1)/8)
}

func demandOf(re *syntax.Regexp) demand {
	switch re.Op {
	case syntax.OpEmptyMatch, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText,
		syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return demand{exact: []string{""}}
	case syntax.OpLiteral:
		return literalDemand(re.Rune)
	case syntax.OpCharClass:
		return demand{exact: classTexts(re.Rune)}
	case syntax.OpCapture:
		return demandOf(re.Sub[0])
	case syntax.OpPlus:
		return demand{any: demandOf(re.Sub[0]).best()}
	case syntax.OpQuest:
		if d := demandOf(re.Sub[0]); d.exact != nil {
			return demand{exact: distinct(append([]string{""}, d.exact...))}
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
	d := demand{}
	from := 0
	for i, r := range runes {
		if !certain(r) {
			d.any = better(d.any, []string{compiler.Fold(string(runes[from:i]))})
			from = i + 1
		}
	}
	last := []string{compiler.Fold(string(runes[from:]))}
	if from == 0 {
		return demand{exact: last}
	}
	d.any = better(d.any, last)
	return d
}

// certain reports whether a text in which r matches contains its UTF-8 form.
func certain(r rune) bool { return r != utf8.RuneError && utf8.ValidRune(r) }

// classTexts returns the folded members of a small class.
func classTexts(ranges []rune) []string {
	var out []string
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

func distinct(texts []string) []string {
	slices.Sort(texts)
	return slices.Compact(texts)
}

func repeatDemand(re *syntax.Regexp) demand {
	if re.Min == 0 {
		return demand{}
	}
	sub := demandOf(re.Sub[0])
	all := demand{exact: []string{""}}
	for range min(re.Min, 8) {
		all = all.then(sub)
	}
	if re.Max == re.Min && re.Min <= 8 {
		return all
	}
	return demand{any: all.best()}
}

// then returns the demand of one part followed by another.
func (d demand) then(next demand) demand {
	if d.exact != nil && next.exact != nil && len(d.exact)*len(next.exact) <= maxAlternatives {
		out := make([]string, 0, len(d.exact)*len(next.exact))
		for _, a := range d.exact {
			for _, b := range next.exact {
				out = append(out, a+b)
			}
		}
		return demand{exact: distinct(out), any: better(d.any, next.any)}
	}
	return demand{any: better(d.best(), next.best())}
}

// concatDemand joins neighbouring parts of few texts and keeps the best of what
// is between those of many.
func concatDemand(parts []*syntax.Regexp) demand {
	var best []string
	run, whole := demand{exact: []string{""}}, true
	for _, part := range parts {
		d := demandOf(part)
		best = better(best, d.any)
		joined := run.then(d)
		if joined.exact != nil {
			run = joined
			continue
		}
		best, whole = better(best, run.exact), false
		if run = (demand{exact: d.exact}); d.exact == nil {
			run.exact = []string{""}
		}
	}
	if whole {
		return demand{exact: run.exact, any: best}
	}
	return demand{any: better(best, run.exact)}
}

func alternateDemand(parts []*syntax.Regexp) demand {
	all := demand{exact: []string{}, any: []string{}}
	for _, part := range parts {
		d := demandOf(part)
		if all.exact != nil && d.exact != nil && len(all.exact)+len(d.exact) <= maxAlternatives {
			all.exact = append(all.exact, d.exact...)
		} else {
			all.exact = nil
		}
		if best := d.best(); value(best) > 0 && all.any != nil && len(all.any)+len(best) <= maxAlternatives {
			all.any = append(all.any, best...)
		} else {
			all.any = nil
		}
	}
	if all.exact != nil {
		all.exact = distinct(all.exact)
	}
	if all.any != nil {
		all.any = distinct(all.any)
	}
	return all
}
