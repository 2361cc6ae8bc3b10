package logic

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var duplicateRule = &lint.Check{
	Name:  "logic/duplicate-rule",
	Title: `a rule that means the same as another one`,
	Doc:   `Same logsource, same predicates, whatever the order, the spelling and the names of selections: the compiled rules are equal. Every event raises two alerts.`,
	Bad: `
-- a.yml --
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
-- b.yml --
title: Another
logsource: {category: process_creation, product: windows}
detection:
    s:
        Image|endswith: '\whoami.exe'
    condition: s
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
title: Another
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\quser.exe'
    condition: selection
`,
	Severity:  rules.Warning,
	Scope:     lint.CorpusScope,
	Elsewhere: []string{"sigmahq-tests test_duplicate_detections: compares texts"},
	Run: func(p *lint.Pass) {
		first := map[string]*lint.Subject{}
		for _, s := range p.Corpus.Subjects {
			hash := p.Corpus.Hashes[s.Document]
			switch before := first[hash]; {
			case hash == "" || s.Rule == nil:
			case before == nil:
				first[hash] = s
			default:
				p.ReportOn(s, s.Place(), "the rule matches the same events as "+before.Header.Label(), "remove one of the two").Also(before.Place(), "the other one")
			}
		}
	},
}
