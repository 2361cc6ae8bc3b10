package ref

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var unknownRelated = &lint.Check{
	Name:  "ref/unknown-related",
	Title: `a related document that does not exist`,
	Doc:   `Name one that does, or remove the entry. Off, because a part of the rules of a project says nothing of the others.`,
	Bad: `
title: Whoami
related:
    - id: 6d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a2
      type: similar
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
	Severity: rules.Warning,
	Off:      true,
	Scope:    lint.CorpusScope,
	Run: func(p *lint.Pass) {
		known := map[string]bool{}
		for _, s := range p.Corpus.Subjects {
			known[s.Header.ID.Text] = true
		}
		for _, s := range p.Corpus.Subjects {
			for _, r := range s.Header.Related {
				if r.ID.Text != "" && !known[r.ID.Text] {
					p.ReportOn(s, r.ID.Span, "no document has the id "+r.ID.Text, "correct it, or remove the entry")
				}
			}
		}
	},
}
