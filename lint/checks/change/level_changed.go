package change

import (
	"fmt"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var levelChanged = &lint.Check{
	Name:  "change/level-changed",
	Title: "a rule whose level was changed",
	Doc:   `The level decides who is woken. That it changed should be seen by whoever reviews the change.`,
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
level: high
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
	Severity:  rules.Info,
	Scope:     lint.BaseScope,
	Elsewhere: []string{"elastic: severity is part of the version lock"},
	Run: func(p *lint.Pass) {
		for before, now := range kept(p.Corpus) {
			from, to := before.Header.Level, now.Header.Level
			if from.Text == to.Text {
				continue
			}
			at := to.Span
			if !at.Known() {
				at = now.Place()
			}
			p.ReportOn(now, at, fmt.Sprintf("level changed from %s to %s", named(from), named(to)), "").Also(from.Span, "as it was")
		}
	},
}

func named(level rules.Scalar) string {
	if level.Text == "" {
		return "none"
	}
	return level.Text
}
