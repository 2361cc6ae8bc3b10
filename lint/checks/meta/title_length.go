package meta

import (
	"fmt"
	"unicode/utf8"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var titleLength = &lint.Check{
	Name:  "meta/title-length",
	Title: `a title that is too long for a list of alerts`,
	Doc:   `Long titles are cut where they are shown.`,
	Bad: `
title: Who am I and Who am I and Who am I and Who am I and Who am I and Who am I and Who am I and Who am I and Who am I and Who am I and Who am I and 
logsource: {category: process_creation, product: windows}
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
	Severity:  rules.Info,
	Scope:     lint.RuleScope,
	Options:   []lint.Option{{Name: "max", Doc: "characters that a title may have", Default: 120}},
	Elsewhere: []string{"sigmahq sigmahq_title_length"},
	Run: func(p *lint.Pass) {
		most := p.Int("max")
		if n := utf8.RuneCountInString(p.Header.Title.Text); n > most {
			p.Report(p.Header.Title.Span, fmt.Sprintf("the title has %d characters, more than %d", n, most), "say the rest in the description")
		}
	},
}
