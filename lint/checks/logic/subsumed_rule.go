package logic

import (
	"slices"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/lint/proof"
	"github.com/socctl/socctl/rules"
)

var subsumedRule = &lint.Check{
	Name:  "logic/subsumed-rule",
	Title: `a rule that another one covers`,
	Doc:   `Whenever it fires, so does the other one, which is of the same logsource or a wider one. A rule that only feeds a correlation raises no alert in the place of another one, and one to which a correlation refers is needed by that: neither counts here. It is a warning if the other one has a level that is as high or higher: then the rule adds nothing but a second alert. Otherwise it is a matter of taste, since the narrower rule says more. Proven over all events; where the proof needs that fields hold one value at a time, the message says so. Of thousands of rules that are alike not each is compared with all others.`,
	Bad: `
-- a.yml --
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
level: medium
-- b.yml --
title: Whoami With Privileges
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
        CommandLine|contains: '/priv'
    condition: selection
level: medium
`,
	Good: `
-- a.yml --
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    filter:
        CommandLine|contains: '/priv'
    condition: selection and not filter
level: medium
-- b.yml --
title: Whoami With Privileges
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
        CommandLine|contains: '/priv'
    condition: selection
level: medium
`,
	Severity: rules.Warning,
	Scope:    lint.CorpusScope,
	Run: func(p *lint.Pass) {
		of := subjects(p.Corpus)
		all := standIns(p.Corpus)
		for from := 0; from < len(all); {
			to := from
			for to < len(all) && all[to].Narrow == all[from].Narrow {
				to++
			}
			reportSubsumed(p, of[all[from].Narrow], broader(p, all[from:to]))
			from = to
		}
	},
}

// standIns returns the covers of which the narrow rule could go.
func standIns(c *lint.Corpus) []proof.Cover {
	all := covers(c)
	if len(all) == 0 {
		return nil
	}
	canReplace := replaces(c)
	return slices.DeleteFunc(slices.Clone(all), func(c proof.Cover) bool { return !canReplace(c.Wide, c.Narrow) })
}

type replacesKey struct{}

// replaces returns whether a rule that covers another one can stand in for it.
func replaces(c *lint.Corpus) func(wide, narrow *compiler.Rule) bool {
	return c.Derived(replacesKey{}, func() any { return proof.Replaces(c.Program) }).(func(wide, narrow *compiler.Rule) bool)
}

// cover is a rule that covers another one.
type cover struct {
	proof.Cover
	by *lint.Subject
}

// broader returns the covers of one rule that are no duplicates, the one of the
// highest level first.
func broader(p *lint.Pass, all []proof.Cover) (out []cover) {
	of := subjects(p.Corpus)
	for _, c := range all {
		by := of[c.Wide]
		if c.Same || by == nil {
			continue
		}
		out = append(out, cover{c, by})
		if last := len(out) - 1; level(by) > level(out[0].by) {
			out[0], out[last] = out[last], out[0]
		}
	}
	return out
}

func reportSubsumed(p *lint.Pass, narrow *lint.Subject, by []cover) {
	if narrow == nil || len(by) == 0 {
		return
	}
	wide := by[0]
	message := "whenever the rule fires, so does " + wide.by.Header.Label()
	if text := wide.by.Rule.Level.Text; text != "" {
		message += ", of level " + text
	}
	if !wide.Sure {
		message += ", unless a field holds several values at once"
	}
	finding := p.ReportOn(narrow, narrow.Place(), message, "remove it, or narrow the other one; keep it if it is to have a level or a text of its own")
	if level(wide.by) < level(narrow) {
		finding.Severity = rules.Info
	}
	finding.Also(wide.by.Place(), "the wider rule")
	related(finding, wide.Clashes, true)
	for _, c := range by[1:min(len(by), maxClashes)] {
		finding.Also(c.by.Place(), "so does this one")
	}
}
