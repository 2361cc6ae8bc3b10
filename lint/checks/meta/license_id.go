package meta

import (
	"regexp"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var licenseID = &lint.Check{
	Name:  "meta/license-id",
	Title: `a license that is no SPDX id`,
	Doc:   `Tools that gather rules look for ids such as MIT or DRL-1.1.`,
	Bad: `
title: Whoami
license: ask me first
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Good: `
title: Whoami
license: DRL-1.1
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity:  rules.Info,
	Scope:     lint.RuleScope,
	Elsewhere: []string{"sigmahq-tests test_optional_license"},
	Run: func(p *lint.Pass) {
		if l := p.Header.License; l.Present() && !spdxForm.MatchString(l.Text) {
			p.Report(l.Span, "the license is no id of SPDX", "write for example MIT, Apache-2.0 or DRL-1.1")
		}
	},
}

// spdxForm has the form of an id, or of ids joined by AND, OR and WITH. No list
// of ids is kept.
var spdxForm = regexp.MustCompile(`^\(?[A-Za-z0-9.+-]+\)?(?: (?:AND|OR|WITH) \(?[A-Za-z0-9.+-]+\)?)*$`)
