package load

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var unreadable = &lint.Check{
	Name:  "load/unreadable",
	Title: `a file or folder that cannot be read`,
	Doc:   `It does not exist, or must not be read. Nothing is known about the rules in it, so the exit code is 3. In the example the file is a link that leads nowhere.`,
	Bad: `
-- gone.yml --
-> nowhere.yml
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
	Elsewhere: []string{"rsigma file_read_error"},
}
