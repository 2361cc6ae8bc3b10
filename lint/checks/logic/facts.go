package logic

import (
	"slices"
	"strings"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/lint/proof"
	"github.com/socctl/socctl/rules"
)

type factsKey struct{}

// facts returns what was proven of the document of a pass, of some kinds. What does
// not hold where a field of a nested object has several values is left out.
func facts(p *lint.Pass, kinds ...proof.Kind) []proof.Fact {
	if p.Compiled == nil {
		return nil
	}
	all := p.Derived(factsKey{}, func() any {
		return proof.Analyse(p.Corpus.Program, p.Compiled)
	}).([]proof.Fact)
	var out []proof.Fact
	for _, f := range all {
		if slices.Contains(kinds, f.Kind) && (f.Sure || !proof.Nested(f.Clashes)) {
			out = append(out, f)
		}
	}
	return out
}

// aboutValue reports whether a fact is about a value of a list.
func aboutValue(f *proof.Fact) bool {
	return f.Part.Value != nil && f.Part.Item == nil && f.Part.Selection == nil
}

// report adds a finding about a fact, with the places that prove it. Where it is
// not sure the message says so, and an error becomes a warning.
func report(p *lint.Pass, f *proof.Fact, at rules.Span, message, help string) *lint.Finding {
	if !f.Sure {
		message += unless(f)
	}
	if !at.Known() {
		at = p.Place()
	}
	finding := p.Report(at, message, help)
	if !f.Sure {
		finding.Severity = min(finding.Severity, rules.Warning)
	}
	if f.By != nil && f.By.Span().Known() && f.By.Span() != at {
		finding.Also(f.By.Span(), byWords(f))
	}
	if f.By == nil || f.By.Value == nil || f.Part.Value == nil { // else the two values say it all
		related(finding, f.Clashes, f.Kind >= proof.Covered)
	}
	return finding
}

func byWords(f *proof.Fact) string {
	if f.Same {
		return "which means the same"
	}
	return "whenever it holds, so does this"
}

// unless says for which events a fact is not proven.
func unless(f *proof.Fact) string {
	var fields []string
	for _, c := range f.Clashes {
		if name := c[0].Predicate.Field; name != "" && !slices.Contains(fields, name) && len(fields) < 3 {
			fields = append(fields, name)
		}
	}
	if len(fields) == 0 {
		return ", unless a field holds several values at once"
	}
	return ", unless " + strings.Join(fields, " or ") + " holds several values at once"
}

// maxClashes bounds of how many clashes a finding shows the places.
const maxClashes = 3

// related adds the places of what clashes: of two that exclude each other, or of
// one that implies the other.
func related(finding *lint.Finding, clashes []proof.Clash, implication bool) {
	shown := map[rules.Span]bool{finding.Span: true}
	for _, r := range finding.Related {
		shown[r.Span] = true
	}
	for _, c := range clashes[:min(len(clashes), maxClashes)] {
		for _, l := range c {
			at := l.Span()
			if !at.Known() || shown[at] {
				continue
			}
			shown[at] = true
			switch {
			case !implication:
				finding.Also(at, l.String())
			case l.Holds:
				finding.Also(at, "whenever "+l.String())
			default:
				l.Holds = true
				finding.Also(at, "it follows that "+l.String())
			}
		}
	}
}

// because says in a clause what clashes, "" if the structure of the condition alone
// does.
func because(clashes []proof.Clash) string {
	if len(clashes) == 0 {
		return ""
	}
	var parts []string
	for _, l := range clashes[0] {
		parts = append(parts, "\""+l.String()+"\"")
	}
	out := strings.Join(parts, " and ") + " exclude each other"
	if len(clashes) > 1 {
		return ": for example, " + out
	}
	return ": " + out
}

// clashing returns where the second of two clashing literals is written, so that
// the first one can be shown beside it.
func clashing(f *proof.Fact) rules.Span {
	if len(f.Clashes) == 0 {
		return rules.Span{}
	}
	c := f.Clashes[0]
	at := c[len(c)-1].Span()
	for _, l := range c {
		if s := l.Span(); s.Known() && s.File == at.File && at.Start.Before(s.Start) {
			at = s
		}
	}
	return at
}

// removal returns the edits that take a value or an alternative out of the list
// that it stands in; none where that cannot be done.
func removal(p *lint.Pass, at rules.Span) []lint.Edit {
	entry := p.Entry("detection")
	if entry == nil {
		return nil
	}
	return lint.EditsOf(lint.RemoveValue(entry.Value, at))
}
