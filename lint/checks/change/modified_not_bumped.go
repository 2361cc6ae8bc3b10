package change

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var modifiedNotBumped = &lint.Check{
	Name:  "change/modified-not-bumped",
	Title: "a rule that means something else, with its old date",
	Doc:   "Who filters rules by `modified` misses the change. Only what a rule matches counts, not metadata or spelling. The fix writes the day of the run.",
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
id: 5d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a1
status: test
level: low
date: 2024-05-02
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\hostname.exe'
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
modified: 2024-06-01
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\hostname.exe'
    condition: selection
`,
	Severity:  rules.Warning,
	Scope:     lint.BaseScope,
	Fixable:   true,
	Elsewhere: []string{"elastic: version and updated_date are bumped", "sigmahq: asked for in the guidelines"},
	Run: func(p *lint.Pass) {
		for before, now := range kept(p.Corpus) {
			if broken(p.Corpus, now) || !changedMeaning(p.Corpus, before, now) || before.Header.Modified.Text != now.Header.Modified.Text || now.Header.Date.Text == "" {
				continue
			}
			// A rule of the same day needs no date of modification.
			today := p.Corpus.Now.Format("2006-01-02")
			if now.Header.Date.Text == today || now.Header.Modified.Text == today {
				continue
			}
			at := now.Header.Modified
			if !at.Present() {
				at = now.Header.Date
			}
			f := p.ReportOn(now, at.Span, "the rule matches other events than before, and modified is as it was", "write the day of the change")
			if now.Header.Modified.Present() {
				f.Replace(now.Header.Modified.At(0, len(now.Header.Modified.Text)), today, "write "+today)
			} else {
				f.FixBy("add modified: "+today, lineBehind(now.Header.Date, "modified: "+today)...)
			}
		}
	},
}
