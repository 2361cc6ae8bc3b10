package value

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var cidrInvalid = &lint.Check{
	Name:  "value/cidr-invalid",
	Title: `a value of cidr that is no network`,
	Doc:   "Write for example `10.0.0.0/8`.",
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        DestinationIp|cidr: 10.0.0.0/33
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
	Severity: rules.Error,
	Scope:    lint.RuleScope,
	Fixed:    true,
}
