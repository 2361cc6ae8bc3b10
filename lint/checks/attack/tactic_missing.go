package attack

import (
	facts "github.com/socctl/socctl/attack"
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var tacticMissing = &lint.Check{
	Name:  "attack/tactic-missing",
	Title: "a technique without any of its tactics",
	Doc:   `Who groups rules by tactic does not find the rule under the technique. The fix adds the tactic if the technique has one only.`,
	Bad: `
title: Whoami
tags:
    - attack.t1033
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
	Severity:  rules.Info,
	Scope:     lint.RuleScope,
	Fixable:   true,
	Elsewhere: []string{"sigmahq sigmahq_tags_techniques_without_tactics"},
	Run: func(p *lint.Pass) {
		if p.Corpus.Facts == nil {
			return
		}
		for _, f := range p.Corpus.Facts.Validate(texts(p.Header.Tags)) {
			if f.Code != facts.TechniqueWithoutTactic {
				continue
			}
			found := p.Report(p.Header.Tags[f.Tag].Span, f.Message, "add the tactic that the rule is about")
			if len(f.Instead) == 1 {
				found.FixBy("add "+f.Instead[0], lint.EditsOf(lint.InsertItem(p.Header.Tags[f.Tag], f.Instead[0]))...)
			}
		}
	},
}
