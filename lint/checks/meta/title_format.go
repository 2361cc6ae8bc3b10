package meta

import (
	"strings"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var titleFormat = &lint.Check{
	Name:  "meta/title-format",
	Title: `a title that is no title`,
	Doc:   `A title names what was detected: it does not say that it detects, and ends without a dot.`,
	Bad: `
title: Detects whoami.
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Good: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity:  rules.Info,
	Scope:     lint.RuleScope,
	Fixable:   true,
	Elsewhere: []string{"sigmahq sigmahq_title_start", "sigmahq sigmahq_title_end"},
	Run: func(p *lint.Pass) {
		title := p.Header.Title
		if word, _, _ := strings.Cut(title.Text, " "); strings.EqualFold(word, "detects") || strings.EqualFold(word, "detect") {
			p.Report(title.At(0, len(word)), "the title begins with "+word, "name what is detected")
		}
		if n := len(title.Text) - 1; n > 0 && title.Text[n] == '.' {
			p.Report(title.At(n, n+1), "the title ends with a dot", "").Replace(title.At(n, n+1), "", "remove it")
		}
	},
}
