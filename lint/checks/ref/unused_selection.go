package ref

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var unusedSelection = &lint.Check{
	Name:  "ref/unused-selection",
	Title: `a selection that no condition names`,
	Doc:   `It has no effect. Often the condition was to exclude it.`,
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    filter:
        User: admin
    condition: selection
`,
	Good: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    filter:
        User: admin
    condition: selection and not filter
`,
	Severity:  rules.Warning,
	Scope:     lint.RuleScope,
	Elsewhere: []string{"pysigma dangling_detection"},
	Run: func(p *lint.Pass) {
		if p.Detection == nil || len(p.Detection.Conditions) == 0 {
			return
		}
		used := map[*rules.Selection]bool{}
		for _, c := range p.Detection.Conditions {
			if c.Root == nil {
				return
			}
			c.Root.Walk(func(e *rules.Expr) {
				switch e.Op {
				case rules.Ref:
					used[p.Detection.Selection(e.Name)] = true
				case rules.OneOf, rules.AllOf:
					for _, s := range p.Detection.Matching(e.Name) {
						used[s] = true
					}
				}
			})
		}
		for _, s := range p.Detection.Selections {
			if !used[s] {
				p.Report(s.Name.Span, "no condition names the selection "+s.Name.Text, "name it, or remove it").Also(p.Detection.Conditions[0].Text.Span, "the condition")
			}
		}
	},
}
