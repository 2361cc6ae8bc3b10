package logic

import (
	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/solver"
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/lint/proof"
	"github.com/socctl/socctl/rules"
)

var caseSensitiveTrap = &lint.Check{
	Name:  "logic/case-sensitive-trap",
	Title: `a regular expression that tells letter cases apart, on Windows`,
	Doc:   "All other comparisons of Sigma ignore letter case, and so does Windows: whoever types `WhoAmI` escapes the expression. Write `|re|i`, unless letter case is the point, as in Base64. The finding shows a text that is missed.",
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        CommandLine|re: 'whoami\s+/\w'
    condition: selection
`,
	Good: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        CommandLine|re|i: 'whoami\s+/\w'
    condition: selection
`,
	Severity: rules.Warning,
	Scope:    lint.RuleScope,
	Run: func(p *lint.Pass) {
		if p.Source().Product != "windows" {
			return
		}
		expressions(p, func(item *rules.Item, v *rules.Scalar, predicate *compiler.Predicate) {
			loose, err := compiler.RegexPredicate(predicate.Field, predicate.Regex.String(), true)
			if err != nil {
				return
			}
			if missed, found := missed(&loose, predicate); found {
				p.Report(v.Span, "the expression misses "+proof.Quote(missed)+", for its letter case alone", "write "+item.Field.Text+"|re|i, unless letter case is the point")
			}
		})
	},
}

// missed returns a text that satisfies one predicate and not another one. Letters
// beyond ASCII do not count: few know that K and the sign of the kelvin are one.
func missed(loose, strict *compiler.Predicate) (text string, found bool) {
	plain, err := compiler.RegexPredicate(loose.Field, `^[\x00-\x7f]*\z`, false)
	if err != nil {
		return "", false
	}
	s := solver.New(solver.Options{})
	r := s.Satisfiable(s.And(s.Predicate(loose), s.Predicate(&plain), s.Not(s.Predicate(strict))))
	if texts := r.Model[loose.Field].Texts; r.Answer == solver.Yes && len(texts) > 0 {
		return texts[0], true
	}
	return "", false
}
