package meta

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var adsSection = &lint.Check{
	Name:  "meta/ads-section",
	Title: `a rule without a section of the alerting and detection strategy`,
	Doc:   "For houses that keep the nine sections of the framework under the attribute `ads:`. Off unless wanted.",
	Bad: `
title: Whoami
ads: {goal: find discovery}
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Good: `
title: Whoami
ads:
    goal: said
    categorization: said
    strategy: said
    technical_context: said
    blind_spots: said
    false_positives: said
    validation: said
    priority: said
    response: said
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity: rules.Info,
	Off:      true,
	Scope:    lint.RuleScope,
	Options:  []lint.Option{{Name: "sections", Doc: "sections that a rule must have", Default: []string{"goal", "categorization", "strategy", "technical_context", "blind_spots", "false_positives", "validation", "priority", "response"}}},
	Elsewhere: []string{"rsigma ads_missing_goal", "rsigma ads_missing_categorization", "rsigma ads_missing_strategy", "rsigma ads_missing_technical_context",
		"rsigma ads_missing_blind_spots", "rsigma ads_missing_false_positives", "rsigma ads_missing_validation", "rsigma ads_missing_priority", "rsigma ads_missing_response", "rsigma ads_empty_section"},
	Run: func(p *lint.Pass) {
		n := p.Header.CustomAttribute("ads")
		if p.Rule == nil {
			return
		}
		for _, section := range p.Texts("sections") {
			if s := n.Get(section); s == nil || s.Kind == rules.ScalarNode && s.Scalar.Text == "" {
				p.Report(p.Place(), "the rule has no section "+section+" of its strategy", "add it under ads:")
			}
		}
	},
}
