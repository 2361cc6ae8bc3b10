package logsource

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var unknown = &lint.Check{
	Name:  "logsource/unknown",
	Title: `a logsource that no source of events has`,
	Doc:   `No view, no taxonomy and no note of the table of logsources covers it, so the rule is never tried on anything. A service that the table does not list for its product counts as misspelt, and so does a category beside a product; firewalls, proxies, web servers and the like may be of any product. Known parts that do not go together are for logsource/incoherent. Views of the configuration (telemetry.logsource) add logsources of your own.`,
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windwos}
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
	Elsewhere: []string{"sigmahq sigmahq_logsource_unknown", "sigmahq-tests test_logsource_value"},
	Run: func(p *lint.Pass) {
		if p.Logsource == nil || known(p.Corpus.Table, p.Source()) || p.Source().IsZero() {
			return
		}
		part, values, found := unknownPart(p)
		if !found {
			return // logsource/incoherent
		}
		help := "socctl logsource show prints those there are; views of the configuration add others"
		if near := rules.Nearest(part.Text, values); near != "" && near != part.Text {
			help = "did you mean " + near + "?"
		}
		p.Report(part.Span, "nothing is known of the logsource "+p.Logsource.String(), help)
	},
}
