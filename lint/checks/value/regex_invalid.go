package value

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var regexInvalid = &lint.Check{
	Name:  "value/regex-invalid",
	Title: `a regular expression that cannot be used`,
	Doc:   "It is malformed, or needs what RE2 does not have: lookarounds, backreferences, atomic groups. A lookahead is often a second selection with `not`.",
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|re: '(?=x)whoami'
    condition: selection
`,
	Good: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|re: 'whoami'
    condition: selection
`,
	Severity:  rules.Error,
	Scope:     lint.RuleScope,
	Fixed:     true,
	Elsewhere: []string{"sigmahq sigmahq_unsupported_regex_group_construct"},
}
