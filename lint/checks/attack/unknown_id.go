package attack

import (
	facts "github.com/socctl/socctl/attack"
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var unknownID = &lint.Check{
	Name:  "attack/unknown-id",
	Title: "a technique or tactic that no release of ATT&CK has",
	Doc:   `A slip of the keyboard, most often. Ids of other releases than the configured one are found by attack/version-skew.`,
	Bad: `
title: Whoami
tags:
    - attack.discovery
    - attack.t1933
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Good: `
title: Whoami
tags:
    - attack.discovery
    - attack.t1033
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity:  rules.Warning,
	Scope:     lint.RuleScope,
	Elsewhere: []string{"pysigma attacktag", "contentctl: techniques are looked up"},
	Run: func(p *lint.Pass) {
		if p.Corpus.Facts == nil {
			return
		}
		for _, f := range p.Corpus.Facts.Validate(texts(p.Header.Tags)) {
			if f.Code != facts.UnknownTechnique && f.Code != facts.UnknownTactic {
				continue
			}
			tag := p.Header.Tags[f.Tag]
			if parsed, _ := facts.ParseTag(tag.Text); facts.NewestWith(parsed) != "" {
				continue
			}
			help := "socctl attack list finds techniques by name"
			if near := nearestTactic(p.Corpus.Facts, tag.Text); near != "" {
				help = "did you mean " + near + "?"
			}
			p.Report(tag.Span, f.Message, help)
		}
	},
}
