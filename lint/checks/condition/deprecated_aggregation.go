package condition

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var deprecatedAggregation = &lint.Check{
	Name:  "condition/deprecated-aggregation",
	Title: `an aggregation of Sigma 1 behind a pipe`,
	Doc:   `Sigma 2 has correlations for it: documents of their own, over the matches of the rule.`,
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection | count() > 3
`,
	Good: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity:  rules.Error,
	Scope:     lint.RuleScope,
	Fixed:     true,
	Elsewhere: []string{"rsigma deprecated_aggregation_syntax"},
}
