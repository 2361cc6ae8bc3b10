package attack

import (
	"slices"
	"strings"

	facts "github.com/socctl/socctl/attack"
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var platformMismatch = &lint.Check{
	Name:  "attack/platform-mismatch",
	Title: "a technique that does not exist on the platform of the rule",
	Doc: `ATT&CK says for every technique on which platforms it occurs. A rule for Windows that is tagged with a technique
of Linux only is tagged wrongly, or ATT&CK has a gap. Only products that are one platform are looked at: windows,
linux and macos. Techniques of preparation, which have no platform of the victim, are left out.`,
	Bad: `
title: Sudo
tags:
    - attack.privilege-escalation
    - attack.t1548.002
logsource: {category: process_creation, product: linux}
detection:
    selection:
        Image|endswith: /sudo
    condition: selection
`,
	Good: `
title: Sudo
tags:
    - attack.privilege-escalation
    - attack.t1548.003
logsource: {category: process_creation, product: linux}
detection:
    selection:
        Image|endswith: /sudo
    condition: selection
`,
	Severity: rules.Info,
	Scope:    lint.RuleScope,
	Run: func(p *lint.Pass) {
		platform := map[string]string{"windows": "Windows", "linux": "Linux", "macos": "macOS"}[p.Source().Product]
		if platform == "" || p.Corpus.Facts == nil {
			return
		}
		for _, tag := range p.Header.Tags {
			parsed, ours := facts.ParseTag(tag.Text)
			if !ours || parsed.Kind != facts.TechniqueTag {
				continue
			}
			t := p.Corpus.Facts.Technique(parsed.Name)
			if t == nil || len(t.Platforms) == 0 || slices.Contains(t.Platforms, platform) || slices.Contains(t.Platforms, "PRE") {
				continue
			}
			p.Report(tag.Span, "technique "+t.ID+" ("+t.Name+") does not occur on "+platform, "it occurs on "+strings.Join(t.Platforms, ", ")).
				Also(p.Logsource.Product.Span, "the rule is about "+platform)
		}
	},
}
