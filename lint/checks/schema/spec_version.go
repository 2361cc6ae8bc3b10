package schema

import (
	"fmt"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var specVersion = &lint.Check{
	Name:  "schema/spec-version",
	Title: `a version of Sigma that socctl does not know`,
	Doc:   `A rule of a newer version may mean something that this one does not.`,
	Bad: `
title: Whoami
sigma-version: 3.0.0
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Good: `
title: Whoami
sigma-version: 2.1.0
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity:  rules.Warning,
	Scope:     lint.RuleScope,
	Elsewhere: []string{"rsigma unsupported_sigma_version", "rsigma sigma_version_mismatch"},
	Run: func(p *lint.Pass) {
		n := p.Header.CustomAttribute("sigma-version")
		if n == nil || n.Kind != rules.ScalarNode {
			return
		}
		var major, minor int
		if _, err := fmt.Sscanf(n.Scalar.Text, "%d.%d", &major, &minor); err != nil {
			if _, err := fmt.Sscanf(n.Scalar.Text, "%d", &major); err != nil {
				p.Report(n.Span, "the version is no number: "+n.Scalar.Text, "write for example 2.1.0")
				return
			}
		}
		if major > 2 || major == 2 && minor > 1 {
			p.Report(n.Span, "the rule is of Sigma "+n.Scalar.Text+", and 2.1 is known", "check that it uses nothing newer")
		}
	},
}
