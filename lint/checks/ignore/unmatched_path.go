package ignore

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var unmatchedPath = &lint.Check{
	Name:  "ignore/unmatched-path",
	Title: "a pattern under paths that no rule file matches",
	Doc:   `Its folder was renamed or is gone, or the pattern does not begin at the folder of the configuration, so the levels below it hold nowhere. It is looked for only if all rules of the configuration are checked.`,
	Bad: `
-- .socctl.yml --
lint:
    paths:
        "rules/huntings/**": {attack/tactic-only: off}
-- hunting/rule.yml --
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Good: `
-- .socctl.yml --
lint:
    paths:
        "rules/hunting/**": {attack/tactic-only: off}
-- hunting/rule.yml --
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity: rules.Warning,
	Scope:    lint.CorpusScope,
}
