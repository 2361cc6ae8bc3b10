package schema

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var invalidTag = &lint.Check{
	Name:  "schema/invalid-tag",
	Title: `a tag without a namespace`,
	Doc:   "Write `namespace.name`, for example `attack.t1059`.",
	Bad: `
title: Whoami
tags: [discovery]
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Good: `
title: Whoami
tags: [attack.discovery]
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity:  rules.Error,
	Scope:     lint.RuleScope,
	Fixed:     true,
	Elsewhere: []string{"rsigma invalid_tag", "pysigma tag_format", "json-schema pattern of tags"},
}
