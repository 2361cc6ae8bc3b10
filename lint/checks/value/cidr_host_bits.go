package value

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var cidrHostBits = &lint.Check{
	Name:  "value/cidr-host-bits",
	Title: `a network with bits set behind its prefix`,
	Doc:   `They are ignored. Write the network that the help proposes.`,
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        DestinationIp|cidr: 10.1.2.3/8
    condition: selection
`,
	Good: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        DestinationIp|cidr: 10.0.0.0/8
    condition: selection
`,
	Severity: rules.Warning,
	Scope:    lint.RuleScope,
}
