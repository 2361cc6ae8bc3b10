package meta

import (
	"fmt"
	"path"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var filenameLength = &lint.Check{
	Name:  "meta/filename-length",
	Title: `a file name that is very short or very long`,
	Doc:   `The specification asks for 10 to 70 characters; pySigma allows 90. Off, because houses differ.`,
	Bad: `
-- w.yml --
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
	Options:   []lint.Option{{Name: "min", Doc: "least characters", Default: 10}, {Name: "max", Doc: "most characters", Default: 90}},
	Elsewhere: []string{"pysigma filename_length"},
	Run: func(p *lint.Pass) {
		name := path.Base(p.Path())
		if n := len(name); n < p.Int("min") || n > p.Int("max") {
			p.Report(p.Place(), fmt.Sprintf("the file name has %d characters", n), fmt.Sprintf("use %d to %d", p.Int("min"), p.Int("max")))
		}
	},
}
