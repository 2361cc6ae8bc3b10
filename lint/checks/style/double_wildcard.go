package style

import (
	"regexp"
	"strings"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var doubleWildcard = &lint.Check{
	Name:  "style/double-wildcard",
	Title: "wildcards in a row that mean the same as one",
	Doc:   "`**` matches exactly what `*` does. Some converters treat it as an escape or produce slower queries.",
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image: '**\whoami.exe'
    condition: selection
`,
	Good: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image: '*\whoami.exe'
    condition: selection
`,
	Severity:  rules.Info,
	Scope:     lint.RuleScope,
	Fixable:   true,
	Elsewhere: []string{"pysigma double_wildcard"},
	Run: func(p *lint.Pass) {
		for _, item := range p.Items() {
			for _, v := range item.Values {
				reportDoubleWildcards(p, item, v)
			}
		}
	},
}

var wildcards = regexp.MustCompile(`\*{2,}`)

func reportDoubleWildcards(p *lint.Pass, item *rules.Item, v rules.Scalar) {
	if item.Has("re") || v.Kind != rules.StringScalar {
		return
	}
	for _, m := range wildcards.FindAllStringIndex(v.Text, -1) {
		// The first of them may be escaped: an odd number of backslashes stands before it.
		before := v.Text[:m[0]]
		if (len(before)-len(strings.TrimRight(before, `\`)))%2 == 1 {
			m[0]++
		}
		if m[1]-m[0] < 2 {
			continue
		}
		at := v.At(m[0], m[1])
		p.Report(at, v.Text[m[0]:m[1]]+" matches the same as *", "").Replace(at, "*", "write *")
	}
}
