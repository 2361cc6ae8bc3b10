package meta

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var descriptionShort = &lint.Check{
	Name:  "meta/description-short",
	Title: `a description that says nothing`,
	Doc:   `Say what is detected and why it matters.`,
	Bad: `
title: Whoami
description: Whoami.
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Good: `
title: Whoami
description: Somebody asked the system who they are.
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity:  rules.Info,
	Scope:     lint.RuleScope,
	Options:   []lint.Option{{Name: "min", Doc: "characters that a description must have", Default: 16}},
	Elsewhere: []string{"sigmahq sigmahq_description_length"},
	Run: func(p *lint.Pass) {
		d := p.Header.Description
		if n := utf8.RuneCountInString(strings.TrimSpace(d.Text)); d.Present() && n < p.Int("min") {
			p.Report(d.Span, fmt.Sprintf("the description has %d characters", n), "say what is detected and why it matters")
		}
	},
}
