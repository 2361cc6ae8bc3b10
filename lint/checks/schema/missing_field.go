package schema

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var missingField = &lint.Check{
	Name:  "schema/missing-field",
	Title: `something that Sigma demands is absent or empty`,
	Doc:   `A rule needs a title, a logsource, a detection with selections, and a condition; correlations and filters have their own lists.`,
	Bad: `
logsource: {category: process_creation, product: windows}
detection:
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
	Severity:  rules.Error,
	Scope:     lint.RuleScope,
	Fixed:     true,
	Elsewhere: []string{"rsigma missing_title", "rsigma missing_logsource", "rsigma missing_detection", "rsigma missing_condition", "rsigma missing_correlation", "rsigma missing_filter", "json-schema required"},
}
