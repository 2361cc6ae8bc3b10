package meta

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var dateFuture = &lint.Check{
	Name:  "meta/date-future",
	Title: `a date that lies ahead`,
	Doc:   `A slip, or a clock that is wrong. A day is allowed for time zones.`,
	Bad: `
title: Whoami
date: 2099-01-01
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Good: `
title: Whoami
date: 2024-01-01
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity:  rules.Warning,
	Scope:     lint.RuleScope,
	Elsewhere: []string{"contentctl: dates are checked"},
	Run: func(p *lint.Pass) {
		tomorrow := p.Corpus.Now.AddDate(0, 0, 1).Format("2006-01-02")
		for _, d := range []rules.Scalar{p.Header.Date, p.Header.Modified} {
			if len(d.Text) == len(tomorrow) && d.Text > tomorrow {
				p.Report(d.Span, d.Text+" lies in the future", "")
			}
		}
	},
}
