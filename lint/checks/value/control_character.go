package value

import (
	"fmt"
	"strings"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var controlCharacter = &lint.Check{
	Name:  "value/control-character",
	Title: `a control character in a value`,
	Doc:   "Mostly `\"\\\\t\"` in double quotes, where a backslash and a t were meant: a path such as \"C:\\\\temp\".",
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image: "C:\temp\\whoami.exe"
    condition: selection
`,
	Good: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image: 'C:\temp\whoami.exe'
    condition: selection
`,
	Severity:  rules.Warning,
	Scope:     lint.RuleScope,
	Elsewhere: []string{"pysigma control_character"},
	Run: func(p *lint.Pass) {
		for _, item := range p.Items() {
			for _, v := range item.Values {
				if at := strings.IndexFunc(v.Text, func(r rune) bool { return r < ' ' && (r != '\n' || !item.Keywords()) }); at >= 0 && v.Kind == rules.StringScalar {
					p.Report(v.At(at, at+1), fmt.Sprintf("the value holds the control character 0x%02x", v.Text[at]), "use single quotes, in which a backslash is a backslash")
				}
			}
		}
	},
}
