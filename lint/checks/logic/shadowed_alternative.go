package logic

import (
	"strconv"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/lint/proof"
	"github.com/socctl/socctl/rules"
)

var shadowedAlternative = &lint.Check{
	Name:  "logic/shadowed-alternative",
	Title: `an alternative that another one covers`,
	Doc:   `Whenever this map of a list, selection or exclusion holds, the other one does. Without it the rule matches the same events. Often the wider one is wider than was meant.`,
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        - CommandLine|contains: 'set'
        - CommandLine|contains|all:
              - 'set'
              - 'firewall'
    condition: selection
`,
	Good: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        CommandLine|contains: 'set'
    condition: selection
`,
	Severity: rules.Warning,
	Scope:    lint.RuleScope,
	Fixable:  true,
	Run: func(p *lint.Pass) {
		for _, f := range facts(p, proof.Covered) {
			if aboutValue(&f) {
				continue
			}
			finding := report(p, &f, f.Part.Span(), f.Part.String()+coveredBy(&f), "remove it, or narrow the wider one")
			if f.Part.Selection == nil {
				finding.FixProven("remove it", alternative(p, f.Part)...)
			} else if f.Same {
				finding.FixProven("remove it", unnaming(p, f.Part)...)
			}
		}
	},
}

// coveredBy says what covers an alternative, or what is excluded.
func coveredBy(f *proof.Fact) string {
	by := "the others together"
	if f.By != nil {
		by = f.By.String()
		if by == f.Part.String() {
			by = "that of line " + strconv.Itoa(f.By.Span().Start.Line)
		}
	}
	if f.Part.Negated && (f.By == nil || f.By.Value == nil) {
		return " excludes nothing that is not excluded by " + by
	}
	if f.Given {
		by += ", with what is demanded beside it"
	}
	return " is covered by " + by
}
