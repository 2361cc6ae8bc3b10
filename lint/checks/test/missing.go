package test

import (
	"fmt"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var missing = &lint.Check{
	Name:  "test/missing",
	Title: "a rule without any test",
	Doc:   `Nobody knows whether the rule still fires after the next change. For rules of status test or stable this is a warning, for others advice. A project without any test is told once.`,
	Bad: `
-- rule.yml --
title: Whoami
id: 5d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a1
status: test
level: low
date: 2024-05-02
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
-- other.yml --
title: Other
id: 6d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a2
status: test
level: low
date: 2024-05-02
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
-- tests/rule.yml --
tests:
    - name: it runs
      event: {Image: 'C:\Windows\System32\whoami.exe'}
      match: true
    - name: another program
      event: {Image: 'C:\Windows\System32\cmd.exe'}
      match: false
`,
	Good: `
-- rule.yml --
title: Whoami
id: 5d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a1
status: test
level: low
date: 2024-05-02
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
-- tests/rule.yml --
tests:
    - name: it runs
      event: {Image: 'C:\Windows\System32\whoami.exe'}
      match: true
    - name: another program
      event: {Image: 'C:\Windows\System32\cmd.exe'}
      match: false
`,
	Severity:  rules.Warning,
	Scope:     lint.CorpusScope,
	Elsewhere: []string{"sigmahq-tests regression_tests_runner --validate-only", "contentctl tests_validate: of production detections", "elastic TestValidRules.test_production_rules_have_rta"},
	Run:       reportMissing,
}

// reportMissing looks at rules and correlations; filters are tested with the
// rules that they apply to.
func reportMissing(p *lint.Pass) {
	if !p.Corpus.HasTests {
		return
	}
	var untested []*lint.Subject
	for _, s := range p.Corpus.Subjects {
		if s.Filter == nil && len(s.Tests) == 0 {
			untested = append(untested, s)
		}
	}
	if len(p.Corpus.Tests) == 0 && len(untested) > 1 {
		if p.Corpus.Base != nil && len(p.Corpus.Base.Tests) == 0 {
			return // it had none before either
		}
		p.ReportOn(untested[0], untested[0].Place(), fmt.Sprintf("none of %d rules has a test", len(untested)), "write tests/<path of the rule>.yml")
		return
	}
	for _, s := range untested {
		f := p.ReportOn(s, s.Place(), "the rule has no test", "write tests/<path of the rule>.yml")
		if status := s.Header.Status.Text; status != "test" && status != "stable" {
			f.Severity = rules.Info
		}
	}
}
