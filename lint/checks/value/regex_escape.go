package value

import (
	"strings"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var regexEscape = &lint.Check{
	Name:  "value/regex-escape",
	Title: `an escape in a regular expression that means nothing`,
	Doc:   `A backslash before a letter that is no escape is refused by some engines, and means another thing in the next version of others.`,
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        CommandLine|re: 'who\_ami\"x'
    condition: selection
`,
	Good: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        CommandLine|re: 'whoami'
    condition: selection
`,
	Severity:  rules.Warning,
	Scope:     lint.RuleScope,
	Elsewhere: []string{"sigmahq-tests test_re_invalid_escapes"},
	Run: func(p *lint.Pass) {
		for _, item := range p.Items() {
			if !item.Has("re") {
				continue
			}
			for _, v := range item.Values {
				reportEscapes(p, v)
			}
		}
	},
}

// reportEscapes reports backslashes before characters for which the engines of
// regular expressions have no common meaning.
func reportEscapes(p *lint.Pass, v rules.Scalar) {
	for i := 0; i+1 < len(v.Text); i++ {
		if v.Text[i] != '\\' {
			continue
		}
		c := v.Text[i+1]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if c == '_' || letter && !strings.ContainsRune("AbBdDfnrsStvwWZxpPQEzaC", rune(c)) {
			p.Report(v.At(i, i+2), "the escape "+v.Text[i:i+2]+" means nothing", "remove the backslash")
		}
		i++
	}
}
