package attack

import (
	"fmt"
	"strings"

	facts "github.com/socctl/socctl/attack"
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var versionSkew = &lint.Check{
	Name:  "attack/version-skew",
	Title: "tags of another release of ATT&CK than the configured one",
	Doc: `Rules and facts are of different releases: techniques that the facts do not know yet, or tactics that they no longer
have. That is one problem and not one for each tag, so it is one finding, at the first of them. Pin the release that the
rules use with ` + "`attack: {version: …}`" + ` in the configuration, or bring the tags up to date with ` + "`socctl attack migrate`" + `.`,
	Bad: `
-- .socctl.yml --
attack: {version: "18.1"}
-- rule.yml --
title: Audit policy cleared
tags:
    - attack.defense-impairment
    - attack.t1685
logsource: {category: process_creation, product: windows}
detection:
    selection:
        CommandLine|contains: 'auditpol /clear'
    condition: selection
`,
	Good: `
-- .socctl.yml --
attack: {version: "19.1"}
-- rule.yml --
title: Audit policy cleared
tags:
    - attack.defense-impairment
    - attack.t1685
logsource: {category: process_creation, product: windows}
detection:
    selection:
        CommandLine|contains: 'auditpol /clear'
    condition: selection
`,
	Severity:  rules.Warning,
	Scope:     lint.CorpusScope,
	Elsewhere: []string{"elastic: its map of one release to the next"},
	Run:       reportVersionSkew,
}

// skew counts the tags that only other releases know.
type skew struct {
	tags, documents int
	first           rules.Scalar
	subject         *lint.Subject
	release         string // newest that knows the first
	kinds           []string
}

func reportVersionSkew(p *lint.Pass) {
	if p.Corpus.Facts == nil {
		return
	}
	var s skew
	for _, subject := range p.Corpus.Subjects {
		before := s.tags
		for _, tag := range subject.Header.Tags {
			s.add(p.Corpus.Facts, subject, tag)
		}
		if s.tags > before {
			s.documents++
		}
	}
	if s.tags == 0 {
		return
	}
	names := strings.Join(s.kinds[:min(len(s.kinds), 5)], ", ")
	if len(s.kinds) > 5 {
		names += fmt.Sprintf(" and %d more", len(s.kinds)-5)
	}
	p.ReportOn(s.subject, s.first.Span,
		fmt.Sprintf("%d tags of %d documents are not of %s: %s", s.tags, s.documents, p.Corpus.Facts.Label(), names),
		fmt.Sprintf("release %s knows this one: pin the release of the rules with socctl attack use, or bring the tags up to date with socctl attack migrate", s.release))
}

func (s *skew) add(f *facts.Facts, subject *lint.Subject, tag rules.Scalar) {
	parsed, ours := facts.ParseTag(tag.Text)
	if !ours || parsed.Kind != facts.TechniqueTag && parsed.Kind != facts.TacticTag || f.Knows(parsed) {
		return
	}
	release := facts.NewestWith(parsed)
	if release == "" {
		return // attack/unknown-id
	}
	s.tags++
	if s.first.Text == "" {
		s.first, s.subject, s.release = tag, subject, release
	}
	for _, k := range s.kinds {
		if k == parsed.Name {
			return
		}
	}
	s.kinds = append(s.kinds, parsed.Name)
}
