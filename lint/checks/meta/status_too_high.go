package meta

import (
	"time"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var statusTooHigh = &lint.Check{
	Name:  "meta/status-too-high",
	Title: `a new rule with the status of a proven one`,
	Doc:   `SigmaHQ lets a rule be experimental for 60 days, unless it has regression tests. Off, because houses differ.`,
	Bad: `
title: Whoami
status: stable
date: 2026-11-20
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Good: `
title: Whoami
status: experimental
date: 2026-11-20
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity:  rules.Info,
	Off:       true,
	Scope:     lint.RuleScope,
	Options:   []lint.Option{{Name: "min-days", Doc: "days for which a rule without tests stays experimental", Default: 60}},
	Elsewhere: []string{"sigmahq sigmahq_status_to_high"},
	Run: func(p *lint.Pass) {
		status := p.Header.Status
		if status.Text != "test" && status.Text != "stable" || p.Header.CustomAttribute("regression_tests_path") != nil || len(p.Tests) > 0 {
			return
		}
		written, err := time.Parse(time.DateOnly, p.Header.Date.Text)
		if err == nil && p.Corpus.Now.Sub(written) < time.Duration(p.Int("min-days"))*24*time.Hour {
			p.Report(status.Span, "the rule is new, has no test, and says "+status.Text, "write experimental, or test it").Also(p.Header.Date.Span, "written on this day")
		}
	},
}
