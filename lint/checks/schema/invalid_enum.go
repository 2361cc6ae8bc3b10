package schema

import (
	"strings"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var invalidEnum = &lint.Check{
	Name:  "schema/invalid-enum",
	Title: `a word that is not one of those allowed`,
	Doc:   `Statuses, levels, the types of related documents and of correlations are closed lists. The fix writes the word that was most likely meant.`,
	Bad: `
title: Whoami
level: hihg
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Good: `
title: Whoami
level: high
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
	Elsewhere: []string{"rsigma invalid_status", "rsigma invalid_level", "rsigma invalid_related_type", "rsigma invalid_correlation_type", "json-schema enum"},
	Repair: func(f *lint.Finding) {
		// The help of the finding proposes the word that was meant.
		if word, ok := strings.CutPrefix(f.Help, "did you mean \""); ok {
			word = strings.TrimSuffix(word, "\"?")
			f.Replace(f.Span, word, "write "+word)
		}
	},
}
