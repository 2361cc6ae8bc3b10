package meta

import (
	"strings"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var titleDuplicate = &lint.Check{
	Name:  "meta/title-duplicate",
	Title: `two documents with the same title`,
	Doc:   `Alerts show the title. Nobody can tell these apart.`,
	Bad: `
-- a.yml --
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
-- b.yml --
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\quser.exe'
    condition: selection
`,
	Good: `
-- a.yml --
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
-- b.yml --
title: Users
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\quser.exe'
    condition: selection
`,
	Severity:  rules.Warning,
	Scope:     lint.CorpusScope,
	Elsewhere: []string{"pysigma duplicate_title"},
	Run: func(p *lint.Pass) {
		seen := map[string]*lint.Subject{}
		for _, s := range p.Corpus.Subjects {
			title := strings.ToLower(s.Header.Title.Text)
			first := seen[title]
			switch {
			case title == "":
			case first == nil:
				seen[title] = s
			default:
				p.ReportOn(s, s.Header.Title.Span, "the title is that of "+first.Header.Title.Span.String()+" too", "say what sets the two apart").
					Also(first.Header.Title.Span, "first used here")
			}
		}
	},
}
