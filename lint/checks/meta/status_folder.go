package meta

import (
	"strings"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var statusFolder = &lint.Check{
	Name:  "meta/status-folder",
	Title: `a deprecated or unsupported rule outside its folder`,
	Doc:   `SigmaHQ keeps such rules apart. Off, because houses differ.`,
	Bad: `
-- rule.yml --
title: Whoami
status: deprecated
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Good: `
-- deprecated/rule.yml --
title: Whoami
status: deprecated
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity:  rules.Info,
	Off:       true,
	Scope:     lint.RuleScope,
	Elsewhere: []string{"sigmahq sigmahq_status", "elastic TestRuleMetadata.test_deprecated_rules: the folder"},
	Run: func(p *lint.Pass) {
		status := p.Header.Status
		if (status.Text == "deprecated" || status.Text == "unsupported") && !strings.Contains("/"+p.Path(), "/"+status.Text+"/") {
			p.Report(status.Span, "the rule is "+status.Text+" and not in a folder of that name", "move it to "+status.Text+"/")
		}
	},
}
