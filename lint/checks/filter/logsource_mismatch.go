package filter

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var logsourceMismatch = &lint.Check{
	Name:  "filter/logsource-mismatch",
	Title: `a filter that names a rule of another logsource`,
	Doc:   `It has no effect on that rule.`,
	Bad: `
-- rule.yml --
title: Whoami
name: whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
-- filter.yml --
title: No administrators
logsource: {category: network_connection, product: windows}
filter:
    rules: [whoami]
    selection:
        User: admin
    condition: not selection
`,
	Good: `
-- rule.yml --
title: Whoami
name: whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
-- filter.yml --
title: No administrators
logsource: {category: process_creation, product: windows}
filter:
    rules: [whoami]
    selection:
        User: admin
    condition: not selection
`,
	Severity: rules.Warning,
	Scope:    lint.CorpusScope,
}
