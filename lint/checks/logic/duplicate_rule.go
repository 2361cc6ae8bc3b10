package logic

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var duplicateRule = &lint.Check{
	Name:  "logic/duplicate-rule",
	Title: `a rule that means the same as another one`,
	Doc:   `Same logsource, and the same events: either the compiled rules are equal, whatever the order, the spelling and the names of selections, or it is proven that each implies the other. Every event raises two alerts, unless one of them only feeds a correlation: such a rule is needed by that, and is not told. Where a proof needs that fields hold one value at a time, the message says so.`,
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
				if help := whichGoes(p.Corpus, before, s); help != "" {
					p.ReportOn(s, s.Place(), "the rule matches the same events as "+before.Header.Label(), help).Also(before.Place(), "the other one")
				}
			}
		}
		reportSame(p)
	},
}

// reportSame reports rules that are written differently and imply each other.
func reportSame(p *lint.Pass) {
	of := subjects(p.Corpus)
	for _, c := range covers(p.Corpus) {
		later, earlier := of[c.Narrow], of[c.Wide]
		if !c.Same || later == nil || earlier == nil || before(later, earlier) {
			continue
		}
		message := "the rule matches the same events as " + earlier.Header.Label() + ", which is written differently"
		if !c.SurelySame {
			message += ", unless a field holds several values at once"
		}
		help := whichGoes(p.Corpus, earlier, later)
		if help == "" {
			continue
		}
		finding := p.ReportOn(later, later.Place(), message, help).Also(earlier.Place(), "the other one")
		related(finding, c.Clashes, true)
	}
}

// whichGoes tells which of two rules that match the same can be removed; "" if none can: one
// to which a correlation refers is needed by that, and one that only feeds a correlation
// raises no alert in the place of another one.
func whichGoes(c *lint.Corpus, earlier, later *lint.Subject) string {
	if earlier.Compiled == nil || later.Compiled == nil {
		return ""
	}
	this, other := replaces(c)(earlier.Compiled, later.Compiled), replaces(c)(later.Compiled, earlier.Compiled)
	switch {
	case this && other:
		return "remove one of the two"
	case this:
		return "remove this one, for a correlation refers to the other one"
	case other:
		return "remove the other one, for a correlation refers to this one"
	}
	return ""
}
