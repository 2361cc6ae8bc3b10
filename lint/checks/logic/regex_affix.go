package logic

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/lint/proof"
	"github.com/socctl/socctl/rules"
)

var regexAffix = &lint.Check{
	Name:  "logic/regex-affix",
	Title: `a regular expression that a modifier says better`,
	Doc:   "`.*foo.*` is `contains`, `^foo` is `startswith`, `foo$` is `endswith`, and faster as such in every backend. The fix is offered where it is proven that both match the same texts; `$` and `.` are particular about line breaks, and where that is all that differs the message says so.",
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        CommandLine|re: '.*whoami.*'
    condition: selection
`,
	Good: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        CommandLine|contains: 'whoami'
    condition: selection
`,
	Severity: rules.Warning,
	Scope:    lint.RuleScope,
	Fixable:  true,
	Run: func(p *lint.Pass) {
		reportPlain(p, true, func(f *plainForm) string {
			message := "the expression only looks for " + proof.Quote(f.literal)
			if !f.proven {
				message += ", but for line breaks"
			}
			return message
		})
	},
}
