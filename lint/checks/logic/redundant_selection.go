package logic

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/lint/proof"
	"github.com/socctl/socctl/rules"
)

var redundantSelection = &lint.Check{
	Name:  "logic/redundant-selection",
	Title: `a demand that others imply`,
	Doc:   `A selection, or a field of one, holds whenever what the rule demands beside it does. It costs time and misleads readers. Often it was to say something else.`,
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection_img:
        Image|endswith: '\whoami.exe'
    selection_exe:
        Image|endswith: '.exe'
    condition: selection_img and selection_exe
`,
	Good: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection_img:
        Image|endswith: '\whoami.exe'
    condition: selection_img
`,
	Severity: rules.Info,
	Scope:    lint.RuleScope,
	Fixable:  true,
	Run: func(p *lint.Pass) {
		for _, f := range facts(p, proof.Implied) {
			if aboutValue(&f) {
				continue
			}
			by := "what is demanded beside it"
			if f.By != nil {
				by = f.By.String()
			}
			report(p, &f, f.Part.Span(), f.Part.String()+" is implied by "+by, "remove it, or correct it").
				FixProven("remove it", unnaming(p, f.Part)...)
		}
	},
}
