package schema

import (
	"strings"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var invalidDate = &lint.Check{
	Name:  "schema/invalid-date",
	Title: `a date that is no day of the calendar as YYYY-MM-DD`,
	Doc:   "`2024/1/31` is the form of Sigma 1, which the fix rewrites.",
	Bad: `
title: Whoami
date: 2024/1/31
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Good: `
title: Whoami
date: 2024-01-31
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity:  rules.Error,
	Scope:     lint.RuleScope,
	Fixable:   true,
	Fixed:     true,
	Elsewhere: []string{"rsigma invalid_date", "rsigma invalid_modified", "json-schema pattern of dates"},
	Repair: func(f *lint.Finding) {
		if day, ok := strings.CutPrefix(f.Help, "write "); ok && day != "YYYY-MM-DD" {
			f.Replace(f.Span, day, f.Help)
		}
	},
}
