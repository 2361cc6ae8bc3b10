package filter

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var expired = &lint.Check{
	Name:  "filter/expired",
	Title: "a filter that is not applied any longer",
	Doc: "A filter with `expires:` under `socctl:` ends on that day, UTC: it is not compiled, and what it kept back raises alerts again. " +
		"Renew it with new evidence, or remove it.",
	Bad: `
-- rule.yml --
title: Whoami
name: whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
-- filter.yml --
title: No administrators
logsource: {category: process_creation, product: windows}
filter:
    rules: [whoami]
    selection:
        User: admin
    condition: not selection
socctl: {owner: det-eng, expires: 2024-01-31}
`,
	Good: `
-- rule.yml --
title: Whoami
name: whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
-- filter.yml --
title: No administrators
logsource: {category: process_creation, product: windows}
filter:
    rules: [whoami]
    selection:
        User: admin
    condition: not selection
socctl: {owner: det-eng, expires: 2090-01-31}
`,
	Severity: rules.Error,
	Scope:    lint.RuleScope,
	Run: func(p *lint.Pass) {
		if p.Filter == nil || !p.Filter.Expired(p.Corpus.Now) {
			return
		}
		message := "the filter ended on " + p.Filter.Expires.Text
		if owner := p.Filter.Owner.Text; owner != "" {
			message += "; its owner is " + owner
		}
		p.Report(p.Filter.Expires.Span, message, "renew it with new evidence, or remove it")
	},
}
