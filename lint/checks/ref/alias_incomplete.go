package ref

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var aliasIncomplete = &lint.Check{
	Name:  "ref/alias-incomplete",
	Title: `an alias that leaves out one of the rules`,
	Doc:   `There the name of the alias itself is taken for the field.`,
	Bad: `
-- rule.yml --
title: Whoami
name: whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
-- other.yml --
title: Hostname
name: hostname
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\hostname.exe'
    condition: selection
-- many.yml --
title: Many
correlation:
    type: event_count
    rules: [whoami, hostname]
    aliases: {who: {whoami: User}}
    group-by: [who]
    timespan: 5m
    condition: {gte: 3}
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
-- other.yml --
title: Hostname
name: hostname
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\hostname.exe'
    condition: selection
-- many.yml --
title: Many
correlation:
    type: event_count
    rules: [whoami, hostname]
    aliases: {who: {whoami: User, hostname: User}}
    group-by: [who]
    timespan: 5m
    condition: {gte: 3}
`,
	Severity: rules.Warning,
	Scope:    lint.CorpusScope,
}
