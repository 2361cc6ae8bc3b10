package meta

import (
	"path"
	"regexp"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var filename = &lint.Check{
	Name:  "meta/filename",
	Title: `a file name that is not in the form of the house`,
	Doc:   `Lower case with underscores, neither short nor long, sorts and searches well.`,
	Bad: `
-- Whoami Rule.yml --
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Good: `
-- proc_whoami.yml --
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity:  rules.Info,
	Off:       true,
	Scope:     lint.RuleScope,
	Options:   []lint.Option{{Name: "pattern", Doc: "regular expression that the whole file name must match", Default: `[a-z0-9]+(_[a-z0-9]+)+\.ya?ml`}},
	Elsewhere: []string{"sigmahq sigmahq_filename_convention", "sigmahq-tests test_file_names", "elastic TestValidRules.test_file_names"},
	Run: func(p *lint.Pass) {
		pattern, err := regexp.Compile("^(?:" + p.Text("pattern") + ")$")
		name := path.Base(p.Path())
		if err == nil && !pattern.MatchString(name) {
			p.Report(p.Place(), "the file name "+name+" is not of the form "+p.Text("pattern"), "rename the file")
		}
	},
}
