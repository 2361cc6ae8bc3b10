package perf

import (
	"regexp/syntax"
	"slices"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var regexBacktracking = &lint.Check{
	Name:  "perf/regex-backtracking",
	Title: `a repetition inside a repetition`,
	Doc:   "`(a+)+` takes time without bound in engines that backtrack, which most backends have. Here matching is linear.",
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        CommandLine|re: 'who(a+)+mi'
    condition: selection
`,
	Good: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        CommandLine|re: 'who(am)+i'
    condition: selection
`,
	Severity: rules.Warning,
	Scope:    lint.RuleScope,
	Run: func(p *lint.Pass) {
		for _, item := range p.Items() {
			if !item.Has("re") {
				continue
			}
			for _, v := range item.Values {
				if re, err := syntax.Parse(v.Text, syntax.Perl); err == nil && nested(re) {
					p.Report(v.Span, "the expression repeats what is repeated already", "write it without the outer or the inner repetition")
				}
			}
		}
	},
}

// nested reports whether an unbounded repetition repeats nothing but unbounded
// repetitions, so that a text can be split between them in many ways. It does
// not see alternatives that overlap, nor repetitions of parts that do.
func nested(re *syntax.Regexp) bool {
	if unbounded(re) && onlyRepeats(re.Sub[0]) {
		return true
	}
	return slices.ContainsFunc(re.Sub, func(sub *syntax.Regexp) bool { return nested(sub) })
}

func unbounded(re *syntax.Regexp) bool {
	return re.Op == syntax.OpStar || re.Op == syntax.OpPlus || re.Op == syntax.OpRepeat && re.Max == -1
}

func onlyRepeats(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpCapture:
		return onlyRepeats(re.Sub[0])
	case syntax.OpAlternate:
		return slices.ContainsFunc(re.Sub, onlyRepeats)
	case syntax.OpConcat:
		return !slices.ContainsFunc(re.Sub, func(sub *syntax.Regexp) bool { return !onlyRepeats(sub) })
	}
	return unbounded(re)
}
