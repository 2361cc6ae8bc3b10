package ref

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var correlationCycle = &lint.Check{
	Name:    "ref/correlation-cycle",
	Aliases: []string{"ref/cycle"},
	Title:   `correlations that refer to each other in a circle`,
	Doc:     `None of them could ever be decided.`,
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
-- more.yml --
title: More
name: more
correlation:
    type: event_count
    rules: [many]
    group-by: [User]
    timespan: 5m
    condition: {gte: 3}
-- many.yml --
title: Many
name: many
correlation:
    type: event_count
    rules: [more]
    group-by: [User]
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
    rules: [whoami]
    group-by: [User]
    timespan: 5m
    condition: {gte: 3}
`,
	Severity: rules.Error,
	Scope:    lint.CorpusScope,
	Fixed:    true,
}
