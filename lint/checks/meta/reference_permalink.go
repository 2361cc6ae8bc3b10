package meta

import (
	"regexp"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var referencePermalink = &lint.Check{
	Name:  "meta/reference-permalink",
	Title: `a link to a branch of a repository on GitHub`,
	Doc:   `What is there changes. A link to a commit stays.`,
	Bad: `
title: Whoami
references: [https://github.com/acme/tools/blob/main/whoami.md]
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Good: `
title: Whoami
references: [https://github.com/acme/tools/blob/0123456789abcdef0123456789abcdef01234567/whoami.md]
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity:  rules.Info,
	Scope:     lint.RuleScope,
	Elsewhere: []string{"sigmahq sigmahq_github_link"},
	Run: func(p *lint.Pass) {
		for _, r := range p.Header.References {
			if branch.MatchString(r.Text) {
				p.Report(r.Span, "the reference follows a branch", "link to a commit: press y on the page")
			}
		}
	},
}

var branch = regexp.MustCompile(`^https?://github\.com/[^/]+/[^/]+/(?:blob|tree)/(?:main|master)/`)
