package change

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var idChanged = &lint.Check{
	Name:  "change/id-changed",
	Title: "a rule that got another id",
	Doc:   "The id is what alerts, verdicts, filters and correlations know the rule by. With another one its history ends, and references to it lead nowhere. Give a rule a new id only if it is a new rule, and then say so under `related`.",
	Bad: `
-- base/rule.yml --
title: Whoami
id: 5d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a1
status: test
level: low
date: 2024-05-02
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
-- rule.yml --
title: Whoami
id: 6d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a2
status: test
level: low
date: 2024-05-02
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Good: `
-- base/rule.yml --
title: Whoami
id: 5d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a1
status: test
level: low
date: 2024-05-02
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
-- rule.yml --
title: Whoami
id: 5d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a1
status: test
level: low
date: 2024-05-02
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity:  rules.Warning,
	Scope:     lint.BaseScope,
	Elsewhere: []string{"elastic: version lock"},
	Run: func(p *lint.Pass) {
		known, were := byID(p.Corpus), byID(p.Corpus.Base)
		titled := byTitle(p.Corpus)
		for _, before := range p.Corpus.Base.Subjects {
			id := before.Header.ID.Text
			if id == "" || known[id] != nil {
				continue
			}
			now := successor(p.Corpus, titled[before.Header.Title.Text], before)
			if now == nil || were[now.Header.ID.Text] != nil {
				continue
			}
			p.ReportOn(now, now.Place(), "the id of the rule was "+id, "restore it; a new rule keeps the old one beside it").
				Also(before.Header.ID.Span, "as it was")
		}
	},
}
