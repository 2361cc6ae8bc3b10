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
	Severity: rules.Error,
	Scope:    lint.RuleScope,
	Fixed:    true,
	Elsewhere: []string{"rsigma missing_title", "rsigma missing_logsource", "rsigma missing_detection", "rsigma missing_condition", "rsigma missing_correlation", "rsigma missing_filter", "rsigma empty_title", "rsigma related_missing_required",
		"rsigma missing_correlation_type", "rsigma missing_correlation_rules", "rsigma empty_correlation_rules", "rsigma missing_correlation_timespan",
		"rsigma missing_correlation_condition", "rsigma missing_condition_field", "rsigma missing_filter_logsource", "rsigma missing_filter_rules",
		"rsigma empty_filter_rules", "rsigma missing_filter_selection", "rsigma missing_filter_condition", "elastic TestValidRules.test_schema_and_dupes",
		"json-schema required"},
}
