package change

import (
	"fmt"
	"slices"
	"strings"

	"github.com/socctl/socctl/attack"
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var coverageLost = &lint.Check{
	Name:  "change/coverage-lost",
	Title: "a technique for which no rule is left",
	Doc: `The change takes away the last rule that raises alerts for a technique of ATT&CK: it was removed, deprecated, retagged,
it has errors now, or a correlation that does not say ` + "`generate: true`" + ` keeps its matches to itself. A technique that a release of
ATT&CK replaced counts as its successor. Tags and status are all that is looked at here; ` + "`socctl coverage --base`" + ` replays
recordings, and tells also of rules that stop firing.`,
	Bad: `
-- base/rule.yml --
title: Shadow Copies Deleted
id: 5d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a1
status: test
level: high
date: 2024-05-02
tags: [attack.impact, attack.t1490]
logsource: {category: process_creation, product: windows}
detection:
    selection:
        CommandLine|contains: delete shadows
    condition: selection
-- rule.yml --
title: Shadow Copies Deleted
id: 5d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a1
status: deprecated
level: high
date: 2024-05-02
tags: [attack.impact, attack.t1490]
logsource: {category: process_creation, product: windows}
detection:
    selection:
        CommandLine|contains: delete shadows
    condition: selection
`,
	Good: `
-- base/rule.yml --
title: Shadow Copies Deleted
id: 5d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a1
status: test
level: high
date: 2024-05-02
tags: [attack.impact, attack.t1490]
logsource: {category: process_creation, product: windows}
detection:
    selection:
        CommandLine|contains: delete shadows
    condition: selection
-- rule.yml --
title: Shadow Copies Deleted
id: 5d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a1
status: deprecated
level: high
date: 2024-05-02
tags: [attack.impact, attack.t1490]
logsource: {category: process_creation, product: windows}
detection:
    selection:
        CommandLine|contains: delete shadows
    condition: selection
-- new.yml --
title: Shadow Copies or Backups Deleted
id: 6d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a2
status: test
level: high
date: 2024-05-02
tags: [attack.impact, attack.t1490]
logsource: {category: process_creation, product: windows}
detection:
    selection:
        CommandLine|contains: [delete shadows, delete backup]
    condition: selection
`,
	Severity:  rules.Warning,
	Scope:     lint.BaseScope,
	Elsewhere: []string{"rsigma: coverage --fail-on-gaps compares with a list, not with the rules of before"},
	Run: func(p *lint.Pass) {
		if p.Corpus.Facts == nil {
			return
		}
		now := byID(p.Corpus)
		left := claimed(p.Corpus, p.Corpus.Facts)
		for _, before := range p.Corpus.Base.Subjects {
			var lost []string
			for _, t := range claims(before, p.Corpus.Facts) {
				if !left[t] {
					lost = append(lost, t.ID+" ("+t.Name+")")
				}
			}
			if len(lost) == 0 {
				continue
			}
			on := now[before.Header.ID.Text]
			if before.Header.ID.Text == "" || on == nil {
				on = before
			}
			p.ReportOn(on, on.Place(), fmt.Sprintf("no rule is left for %s: %s", strings.Join(lost, ", "), whyLost(p.Corpus, before, on)),
				"add a rule for it, or say in coverage: waivers: of the configuration who accepts the loss, and until when")
		}
	},
}

// claimed returns the techniques for which a corpus has a rule that raises alerts.
func claimed(c *lint.Corpus, facts *attack.Facts) map[*attack.Technique]bool {
	out := map[*attack.Technique]bool{}
	for _, s := range c.Subjects {
		for _, t := range claims(s, facts) {
			out[t] = true
		}
	}
	return out
}

// claims returns the techniques in force that a rule names, nil if it raises no
// alerts.
func claims(s *lint.Subject, facts *attack.Facts) (out []*attack.Technique) {
	if unusable(s) != "" {
		return nil
	}
	for _, text := range s.Header.Tags {
		tag, ours := attack.ParseTag(text.Text)
		if !ours || tag.Kind != attack.TechniqueTag {
			continue
		}
		if t := facts.Resolve(tag.Name); t != nil && !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	return out
}

// unusable says why a document raises no alerts, "" if it does.
func unusable(s *lint.Subject) string {
	status := s.Header.Status.Text
	switch {
	case s.Filter != nil:
		return "it is a filter"
	case s.Header.Invalid || s.Rule != nil && s.Compiled == nil:
		return "the rule has errors"
	case status == "deprecated" || status == "unsupported":
		return "its status is " + status
	case s.Compiled != nil && !s.Compiled.Alerts:
		return "it only feeds a correlation"
	}
	return ""
}

// whyLost says what became of a rule.
func whyLost(c *lint.Corpus, before, now *lint.Subject) string {
	if before == now && c.Unread[before.Path()] {
		return "its file cannot be read"
	}
	if before == now {
		return "the rule " + before.Header.Label() + " is gone"
	}
	if why := unusable(now); why != "" {
		return why
	}
	return "its tags are others"
}
