package logsource

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var customKey = &lint.Check{
	Name:  "logsource/custom-key",
	Title: `a logsource with a key of its own`,
	Doc:   `Sigma knows category, product, service and definition. Others have no effect.`,
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows, channel: Security}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Good: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity:  rules.Warning,
	Scope:     lint.RuleScope,
	Elsewhere: []string{"pysigma fieldname_logsource", "sigmahq-tests test_invalid_logsource_attributes"},
	Run: func(p *lint.Pass) {
		if p.Logsource == nil {
			return
		}
		for _, e := range p.Logsource.Custom {
			p.Report(e.Key.Span, "the key "+e.Key.Text+" of the logsource has no effect", "write category, product, service or definition")
		}
	},
}
