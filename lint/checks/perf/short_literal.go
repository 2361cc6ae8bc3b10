package perf

import (
	"fmt"
	"unicode/utf8"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var shortLiteral = &lint.Check{
	Name:  "perf/short-literal",
	Title: `a text so short that it is nearly everywhere`,
	Doc:   `A part of one or two characters lets nothing be skipped, and matches what nobody thought of.`,
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        CommandLine|contains: a
    condition: selection
`,
	Good: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        CommandLine|contains: ' /a '
    condition: selection
`,
	Severity: rules.Info,
	Scope:    lint.RuleScope,
	Options:  []lint.Option{{Name: "min", Doc: "characters that a part of a text should have", Default: 3}},
	Run: func(p *lint.Pass) {
		for _, item := range p.Items() {
			if !item.Has("contains") || item.Has("base64offset") || item.Has("base64") || item.Has("all") || item.Has("expand") || item.Has("fieldref") || item.Keywords() {
				continue
			}
			for _, v := range item.Values {
				if n := utf8.RuneCountInString(v.Text); n > 0 && n < p.Int("min") {
					p.Report(v.Span, fmt.Sprintf("a text of %d characters is nearly everywhere", n), "look for more of it")
				}
			}
		}
	},
}
