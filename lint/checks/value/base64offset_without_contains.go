package value

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var base64offsetWithoutContains = &lint.Check{
	Name:  "value/base64offset-without-contains",
	Title: `base64offset without contains`,
	Doc:   `The three encodings of a text are parts of a longer one, so a field hardly ever equals one of them.`,
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        CommandLine|base64offset: whoami
    condition: selection
`,
	Good: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        CommandLine|base64offset|contains: whoami
    condition: selection
`,
	Severity:  rules.Warning,
	Scope:     lint.RuleScope,
	Elsewhere: []string{"pysigma invalid_modifier_combinations: Base64OffsetWithoutContainsModifier"},
	Run: func(p *lint.Pass) {
		for _, item := range p.Items() {
			if item.Has("base64offset") && !item.Has("contains") && !item.Has("startswith") && !item.Has("endswith") && !item.Keywords() {
				p.Report(item.Key.Span, "the whole field would have to be the encoded text", "add contains behind base64offset")
			}
		}
	},
}
