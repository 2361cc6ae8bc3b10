package perf

import (
	"fmt"
	"slices"
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
			short := slices.DeleteFunc(slices.Clone(item.Values), func(v rules.Scalar) bool { return v.Text == "" || utf8.RuneCountInString(v.Text) >= p.Int("min") })
			switch len(short) {
			case 0:
			case 1:
				p.Report(short[0].Span, fmt.Sprintf("a text of %d characters is nearly everywhere", utf8.RuneCountInString(short[0].Text)), "look for more of it")
			default:
				p.Report(short[0].Span, fmt.Sprintf("%d values have less than %d characters, which are nearly everywhere", len(short), p.Int("min")), "look for more of them")
			}
		}
	},
}
