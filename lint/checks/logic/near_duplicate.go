package logic

import (
	"strconv"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/lint/proof"
	"github.com/socctl/socctl/rules"
)

var nearDuplicate = &lint.Check{
	Name:  "logic/near-duplicate",
	Title: `a rule that is nearly the same as another one`,
	Doc:   `Both are of one logsource and made of nearly the same predicates, at least four of them; neither covers the other. The finding shows an event that only the one matches and one that only the other does. They may be better as one rule, or the difference is an oversight.`,
	Bad: `
-- a.yml --
title: Accounts
logsource: {category: process_creation, product: windows}
detection:
    selection:
        CommandLine|contains: ['alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta', 'eta_', 'theta', 'iota', 'kappa', 'lambda', 'omikron', 'sigma', 'tau_', 'ypsilon', 'omega', 'chi_', 'psi_', 'digamma', 'koppa', 'sampi']
        Image|endswith: '\net.exe'
    condition: selection
-- b.yml --
title: Groups
logsource: {category: process_creation, product: windows}
detection:
    selection:
        CommandLine|contains: ['alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta', 'eta_', 'theta', 'iota', 'kappa', 'lambda', 'omikron', 'sigma', 'tau_', 'ypsilon', 'omega', 'chi_', 'psi_', 'digamma', 'koppa', 'sampi']
        Image|endswith: '\net1.exe'
    condition: selection
`,
	Good: `
-- a.yml --
title: Accounts
logsource: {category: process_creation, product: windows}
detection:
    selection:
        CommandLine|contains: ['alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta', 'eta_', 'theta', 'iota', 'kappa', 'lambda', 'omikron', 'sigma', 'tau_', 'ypsilon', 'omega', 'chi_', 'psi_', 'digamma', 'koppa', 'sampi']
        Image|endswith: ['\net.exe', '\net1.exe']
    condition: selection
`,
	Severity: rules.Info,
	Scope:    lint.CorpusScope,
	Options:  []lint.Option{{Name: "percent", Doc: "how much of their predicates two rules must share, in percent", Default: 90}},
	Run: func(p *lint.Pass) {
		if p.Corpus.Program == nil {
			return
		}
		of := subjects(p.Corpus)
		percent := min(max(p.Int("percent"), 1), 100)
		for _, l := range proof.Similar(p.Corpus.Program, percent, wanted(p.Corpus), p.Corpus.Parallel) {
			earlier, later := of[l.First], of[l.Second]
			if earlier == nil || later == nil {
				continue
			}
			p.ReportOn(later, later.Place(), "the rule shares "+strconv.Itoa(l.Shared)+" of "+strconv.Itoa(l.Total)+" predicates with "+earlier.Header.Label(),
				"consider one rule for both; only this one matches "+proof.Describe(l.OnlySecond)).
				Also(earlier.Place(), "only this one matches "+proof.Describe(l.OnlyFirst))
		}
	},
}
