package meta

import (
	"path"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var filenameDuplicate = &lint.Check{
	Name:  "meta/filename-duplicate",
	Title: `two files with the same name`,
	Doc:   `Tools that copy rules into one folder lose one of them.`,
	Bad: `
-- a/whoami.yml --
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
-- b/whoami.yml --
title: Users
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Good: `
-- a/whoami.yml --
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
-- b/users.yml --
title: Users
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity:  rules.Info,
	Scope:     lint.CorpusScope,
	Elsewhere: []string{"pysigma duplicate_filename", "sigmahq-tests test_file_names", "elastic TestValidRules.test_duplicate_file_names"},
	Run: func(p *lint.Pass) {
		seen := map[string]*lint.Subject{}
		for _, s := range p.Corpus.Subjects {
			name := path.Base(s.Path())
			switch first := seen[name]; {
			case first == nil:
				seen[name] = s
			case first.Path() != s.Path():
				p.ReportOn(s, s.Place(), "the file has the same name as "+first.Path(), "rename one")
			}
		}
	},
}
