package change

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var removedWithoutDeprecation = &lint.Check{
	Name:  "change/removed-without-deprecation",
	Title: "a rule that was removed without having been deprecated",
	Doc:   "Who runs the rules elsewhere gets no word of it. Set its status to deprecated first, and name under `related` of another rule what takes its place.",
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
-- base/kept.yml --
title: Kept
id: 6d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a2
status: test
level: low
date: 2024-05-02
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
-- kept.yml --
title: Kept
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
status: deprecated
level: low
date: 2024-05-02
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
-- base/kept.yml --
title: Kept
id: 6d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a2
status: test
level: low
date: 2024-05-02
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
-- kept.yml --
title: Kept
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
	Severity:  rules.Warning,
	Scope:     lint.BaseScope,
	Elsewhere: []string{"elastic TestRuleMetadata.test_deprecated_rules: the removal"},
	Run: func(p *lint.Pass) {
		known := byID(p.Corpus)
		titled := byTitle(p.Corpus)
		replaced := map[string]bool{}
		for _, s := range p.Corpus.Subjects {
			for _, r := range s.Header.Related {
				replaced[r.ID.Text] = true
			}
		}
		for _, before := range p.Corpus.Base.Subjects {
			id, status := before.Header.ID.Text, before.Header.Status.Text
			if id == "" || known[id] != nil || replaced[id] || p.Corpus.Unread[before.Path()] || status == "deprecated" || status == "unsupported" ||
				successor(p.Corpus, titled[before.Header.Title.Text], before) != nil {
				continue
			}
			p.ReportOn(before, before.Place(), "the rule "+before.Header.Label()+" is gone, and was not deprecated", "keep it with status: deprecated for a while, or name it under related of its successor")
		}
	},
}
