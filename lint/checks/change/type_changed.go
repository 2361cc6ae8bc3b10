package change

import (
	"fmt"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var typeChanged = &lint.Check{
	Name:  "change/type-changed",
	Title: "a document that became one of another kind",
	Doc:   `Under the same id an alert now means something else: a rule became a correlation, or a correlation computes another thing.`,
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
-- base/many.yml --
title: Many
id: 7d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a3
correlation:
    type: event_count
    rules: [5d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a1]
    group-by: [User]
    timespan: 5m
    condition: {gte: 3}
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
-- many.yml --
title: Many
id: 7d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a3
correlation:
    type: value_count
    rules: [5d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a1]
    group-by: [User]
    timespan: 5m
    condition: {gte: 3, field: Image}
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
-- base/many.yml --
title: Many
id: 7d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a3
correlation:
    type: event_count
    rules: [5d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a1]
    group-by: [User]
    timespan: 5m
    condition: {gte: 3}
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
-- many.yml --
title: Many
id: 7d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a3
correlation:
    type: event_count
    rules: [5d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a1]
    group-by: [User]
    timespan: 5m
    condition: {gte: 3}
`,
	Severity:  rules.Warning,
	Scope:     lint.BaseScope,
	Elsewhere: []string{"elastic: the type of a rule is locked"},
	Run: func(p *lint.Pass) {
		for before, now := range kept(p.Corpus) {
			if from, to := typeOf(before), typeOf(now); from != to {
				p.ReportOn(now, now.Place(), fmt.Sprintf("the document was a %s and is a %s", from, to), "give it an id of its own").Also(before.Place(), "as it was")
			}
		}
	},
}

func typeOf(s *lint.Subject) string {
	if s.Correlation != nil {
		return s.Kind() + " of type " + s.Correlation.Type.Text
	}
	return s.Kind()
}
