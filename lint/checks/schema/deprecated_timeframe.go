package schema

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var deprecatedTimeframe = &lint.Check{
	Name:  "schema/deprecated-timeframe",
	Title: `timeframe: of Sigma 1, which has no effect`,
	Doc:   `It belonged to aggregations in the condition. Write a correlation with a timespan.`,
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    timeframe: 5m
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Good: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity:  rules.Warning,
	Scope:     lint.RuleScope,
	Elsewhere: []string{"rsigma deprecated_aggregation_syntax"},
}
