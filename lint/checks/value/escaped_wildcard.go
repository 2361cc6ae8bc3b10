package value

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var escapedWildcard = &lint.Check{
	Name:  "value/escaped-wildcard",
	Title: `a wildcard that is taken as it stands`,
	Doc:   "`\\\\*` is a star and no wildcard. That is often meant, and often a slip behind a path.",
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image: 'C:\*.exe'
    condition: selection
`,
	Good: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image: 'C:\\*.exe'
    condition: selection
`,
	Severity:  rules.Info,
	Scope:     lint.RuleScope,
	Elsewhere: []string{"pysigma escaped_wildcard"},
	Run: func(p *lint.Pass) {
		for _, item := range p.Items() {
			for _, v := range item.Values {
				if item.Has("re") || v.Kind != rules.StringScalar {
					continue
				}
				if at := firstEscaped(v.Text); at >= 0 {
					p.Report(v.At(at, at+2), v.Text[at:at+2]+" is that character and no wildcard", "write two backslashes before it if a backslash and a wildcard are meant")
				}
			}
		}
	},
}

// firstEscaped returns where the first escaped wildcard stands, -1 if there
// is none.
func firstEscaped(text string) int {
	for i := 0; i+1 < len(text); i++ {
		if text[i] != '\\' {
			continue
		}
		switch text[i+1] {
		case '*', '?':
			return i
		case '\\':
			i++
		}
	}
	return -1
}
