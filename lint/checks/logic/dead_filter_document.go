package logic

import (
	"slices"
	"strconv"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/lint/proof"
	"github.com/socctl/socctl/rules"
)

var deadFilterDocument = &lint.Check{
	Name:  "logic/dead-filter-document",
	Title: `a filter document that excludes nothing`,
	Doc: "It takes no event away from any of the rules that it applies to: what it describes is nothing that they look for, or they exclude it themselves, or another filter does. The false positives that it was written for still come. " +
		"A single selection of it that excludes nothing is reported too, and as information a rule that it names although it excludes nothing of it. Filters that have expired are not looked at.",
	Bad: `
-- rule.yml --
title: Whoami
name: whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
-- filter.yml --
title: Health of the cluster
logsource: {category: process_creation, product: windows}
filter:
    rules: [whoami]
    selection:
        Image|endswith: '\cluster.exe'
    condition: not selection
`,
	Good: `
-- rule.yml --
title: Whoami
name: whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
-- filter.yml --
title: Health of the cluster
logsource: {category: process_creation, product: windows}
filter:
    rules: [whoami]
    selection:
        ParentImage|endswith: '\cluster.exe'
    condition: not selection
`,
	Severity: rules.Warning,
	Scope:    lint.CorpusScope,
	Run: func(p *lint.Pass) {
		if p.Corpus.Program == nil {
			return
		}
		of := subjects(p.Corpus)
		uses := map[*rules.Filter][]use{}
		for _, r := range p.Corpus.Program.Rules {
			for _, f := range r.Filters {
				uses[f.Filter] = append(uses[f.Filter], use{rule: r, subject: of[r]})
			}
		}
		for _, s := range p.Corpus.Subjects {
			if s.Filter != nil && len(uses[s.Filter]) > 0 && asked(p.Corpus, s, uses[s.Filter]) {
				deadDocument(p, s, uses[s.Filter])
			}
		}
	},
}

// use is a rule to which a filter applies.
type use struct {
	rule    *compiler.Rule
	subject *lint.Subject
	facts   []proof.FilterFact // about the filter
	parts   int                // of the filter
}

// dead reports whether the filter excludes nothing of the rule.
func (u *use) dead() bool { return u.parts > 0 && len(u.facts) == u.parts }

type filterFactsKey struct{}

// filterFacts is what is known of the filters of one rule.
type filterFacts struct {
	facts []proof.FilterFact
	parts map[*rules.Filter]int
}

// learn finds out what a filter excludes of the rule.
func (u *use) learn(program *compiler.Program, filter *rules.Filter) {
	analyse := func() any {
		facts, parts := proof.Filters(program, u.rule)
		return filterFacts{facts, parts}
	}
	var of filterFacts
	if u.subject == nil {
		of = analyse().(filterFacts)
	} else {
		of = u.subject.Derived(filterFactsKey{}, analyse).(filterFacts)
	}
	u.parts = of.parts[filter]
	for _, f := range of.facts {
		if f.Filter == filter && (f.Sure || !proof.Nested(f.Clashes)) {
			u.facts = append(u.facts, f)
		}
	}
}

// asked reports whether findings about a filter, or about a rule that it applies to,
// are asked for.
func asked(c *lint.Corpus, filter *lint.Subject, uses []use) bool {
	return c.Wanted(filter) || slices.ContainsFunc(uses, func(u use) bool { return u.subject != nil && c.Wanted(u.subject) })
}

func deadDocument(p *lint.Pass, filter *lint.Subject, uses []use) {
	alive := map[*rules.Selection]bool{}
	someAlive := false
	selections := filter.Filter.Detection.Selections
	for i := range uses {
		u := &uses[i]
		u.learn(p.Corpus.Program, filter.Filter)
		for _, s := range selections {
			dead := slices.ContainsFunc(u.facts, func(f proof.FilterFact) bool { return f.Part.Selection == s })
			alive[s] = alive[s] || u.parts > 0 && !dead
		}
		someAlive = someAlive || u.parts > 0 && !u.dead()
		if filter.Filter.Rules == nil && someAlive && !slices.ContainsFunc(selections, func(s *rules.Selection) bool { return !alive[s] }) {
			return // one of any rules is enough
		}
	}
	examples := slices.DeleteFunc(slices.Clone(uses), func(u use) bool { return len(u.facts) == 0 })
	switch {
	case len(examples) == 0:
	case !someAlive:
		u := &examples[0]
		reportDocument(p, filter, u, &u.facts[0], filter.Place(), "the filter excludes nothing"+ofRules(examples))
	default:
		deadSelections(p, filter, examples, alive)
		namedInVain(p, filter, examples)
	}
}

// ofRules names the rules of which nothing is excluded.
func ofRules(uses []use) string {
	if len(uses) == 1 {
		return " of " + strconv.Quote(uses[0].rule.Title)
	}
	return " of the " + strconv.Itoa(len(uses)) + " rules that it applies to, such as " + strconv.Quote(uses[0].rule.Title)
}

// deadSelections reports the selections of a filter that exclude nothing of any rule.
func deadSelections(p *lint.Pass, filter *lint.Subject, uses []use, alive map[*rules.Selection]bool) {
	for _, s := range filter.Filter.Detection.Selections {
		var dead []use
		var fact *proof.FilterFact
		for _, u := range uses {
			if i := slices.IndexFunc(u.facts, func(f proof.FilterFact) bool { return f.Part.Selection == s }); i >= 0 && !alive[s] {
				dead = append(dead, u)
				if fact == nil {
					fact = &u.facts[i]
				}
			}
		}
		if fact != nil {
			reportDocument(p, filter, &dead[0], fact, s.Name.Span, s.Name.Text+" excludes nothing"+ofRules(dead))
		}
	}
}

// namedInVain reports rules that a filter names although it excludes nothing of them.
func namedInVain(p *lint.Pass, filter *lint.Subject, uses []use) {
	for _, ref := range filter.Filter.Rules {
		for i := range uses {
			u := &uses[i]
			if !u.dead() || u.subject == nil || p.Corpus.Find(ref.Text) != u.subject {
				continue
			}
			reportDocument(p, filter, u, &u.facts[0], ref.Span, "the filter excludes nothing of "+strconv.Quote(u.rule.Title)).Severity = rules.Info
		}
	}
}

// reportDocument adds a finding about a filter, with what shows it on one rule.
func reportDocument(p *lint.Pass, filter *lint.Subject, u *use, f *proof.FilterFact, at rules.Span, message string) *lint.Finding {
	switch {
	case f.Kind == proof.Idle:
		message += because(f.Clashes)
	case f.By == nil:
		message += " that is not excluded without it"
	case f.By.Foreign():
		message += " that another filter does not exclude"
	default:
		message += " that " + f.By.String() + " does not exclude already"
	}
	if !f.Sure {
		message += unless(&f.Fact)
	}
	finding := p.ReportOn(filter, at, message, "correct it, or remove it")
	if f.By != nil && f.By.Span().Known() {
		finding.Also(f.By.Span(), "what excludes it")
	}
	related(finding, f.Clashes, f.Kind == proof.Covered)
	if len(finding.Related) == 0 && u.subject != nil {
		finding.Also(u.subject.Place(), "the rule")
	}
	return finding
}
