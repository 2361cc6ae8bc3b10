package ref

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var duplicateID = &lint.Check{
	Name:  "ref/duplicate-id",
	Title: `two documents with the same id`,
	Doc:   `An id is what alerts, verdicts and filters know a rule by. Both are evaluated, and nobody can tell their alerts apart.`,
	Bad: `
-- a.yml --
title: Whoami
id: 5d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a1
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
-- b.yml --
title: Hostname
id: 5d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a1
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\hostname.exe'
    condition: selection
`,
	Good: `
-- a.yml --
title: Whoami
id: 5d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a1
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
-- b.yml --
title: Hostname
id: 5d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a2
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\hostname.exe'
    condition: selection
`,
	Severity:  rules.Error,
	Scope:     lint.CorpusScope,
	Elsewhere: []string{"pysigma identifier_uniqueness"},
}
