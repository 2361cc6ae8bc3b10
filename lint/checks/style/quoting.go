package style

import (
	"strings"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/layout"
)

var quoting = &lint.Check{
	Name:  "style/quoting",
	Title: `a value in double quotes that needs none`,
	Doc: `In single quotes a backslash is a backslash. In double quotes it begins an escape, so paths have to be written with twice as many, and one
that is forgotten is a tab. Of the values in the public rules 97 in 100 are in single quotes. Double quotes are left alone around an apostrophe, and where an
escape stands for something else than a quote or a backslash.

With the option, values of detections without any quotes are reported too.`,
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: "\\whoami.exe"
    condition: selection
`,
	Good: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
        CommandLine|contains: "'all'"
    condition: selection
`,
	Severity: rules.Info,
	Scope:    lint.RuleScope,
	Fixable:  true,
	Options:  []lint.Option{{Name: "plain", Doc: "whether texts without quotes are reported too", Default: false}},
	Run: func(p *lint.Pass) {
		for _, item := range p.Items() {
			for _, v := range item.Values {
				reportQuotes(p, v)
			}
		}
	},
}

func reportQuotes(p *lint.Pass, v rules.Scalar) {
	if v.Kind != rules.StringScalar || !v.Span.Known() {
		return
	}
	if text, ok := layout.Requoted(v); ok {
		p.Report(v.Span, "the value needs no double quotes", "").Replace(v.Span, text, "write it in single quotes")
		return
	}
	if v.Quoted() || !p.Bool("plain") {
		return
	}
	f := p.Report(v.Span, "the value "+v.Text+" has no quotes", "write it in single quotes")
	from, to := v.Span.Offsets()
	if text, ok := layout.SingleQuoted(v.Text); ok && strings.TrimSpace(string(v.Span.File.Source[from:to])) == v.Text {
		f.Replace(v.Span, text, "write it in single quotes")
	}
}
