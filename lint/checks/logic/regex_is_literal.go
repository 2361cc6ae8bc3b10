package logic

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/lint/proof"
	"github.com/socctl/socctl/rules"
)

var regexIsLiteral = &lint.Check{
	Name:  "logic/regex-is-literal",
	Title: `a regular expression that is a plain text`,
	Doc:   "`contains|cased` says the same, is faster in every backend and needs no escapes. `cased` is there because expressions tell letter cases apart; often that was not meant. Proven: both match the same texts.",
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        CommandLine|re: 'who\.ami'
    condition: selection
`,
	Good: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        CommandLine|contains: 'who.ami'
    condition: selection
`,
	Severity: rules.Warning,
	Scope:    lint.RuleScope,
	Fixable:  true,
	Run: func(p *lint.Pass) {
		reportPlain(p, false, func(f *plainForm) string {
			return "the expression is the plain text " + proof.Quote(f.literal)
		})
	},
}
