package attack

import (
	"regexp"
	"strings"

	facts "github.com/socctl/socctl/attack"
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

// misspeltID matches the names of tags that are meant to be ids of techniques.
var misspeltID = regexp.MustCompile(`^t[0-9]`)

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
			message, help := f.Message, "socctl attack list finds techniques by name"
			if parsed, _ := facts.ParseTag(tag.Text); misspeltID.MatchString(parsed.Name) {
				message, help = strings.ToUpper(parsed.Name)+" is no id of a technique", "an id has four digits, such as attack.t1059, and that of a sub-technique three more, such as attack.t1059.001"
			}
			if near := nearestTactic(p.Corpus.Facts, tag.Text); near != "" {
				help = "did you mean " + near + "?"
			}
			p.Report(tag.Span, message, help)
		}
	},
}
