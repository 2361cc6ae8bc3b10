package value

import (
	"slices"
	"strings"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/solver"
	"github.com/socctl/socctl/compiler/trust"
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/logsource"
)

var fieldDomain = &lint.Check{
	Name:  "value/field-domain",
	Title: `a value that the field never has`,
	Doc: `Paths are absolute, so ` + "`Image: 'x.exe'`" + ` never holds; they do not end in a backslash; OriginalFileName has no path; a port is a number. The branch is dead, and a rule whose
only branch it is never fires.

What a field holds is a matter of a table (docs/filter-audit.md) that the configuration can override. Every recorded event that socctl is tested with keeps to it, and that no
value of the field satisfies the comparison is proven; but where your telemetry is another, so is the table. A comparison with a list of values is
reported for each value that is dead.`,
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image: 'whoami.exe'
    condition: selection
`,
	Good: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity: rules.Warning,
	Scope:    lint.RuleScope,
	Run: func(p *lint.Pass) {
		if p.Corpus.Program == nil || p.Corpus.Table == nil {
			return
		}
		d := domains{Pass: p, judge: trust.New(p.Corpus.Table), source: p.Source(), seen: map[*rules.Scalar]bool{}}
		for _, e := range d.expressions() {
			e.Each(d.check)
		}
	},
}

type keepsKey struct{ domain *logsource.Domain }

// domains looks at the comparisons of one document.
type domains struct {
	*lint.Pass
	judge  *trust.Judge
	source logsource.Logsource
	seen   map[*rules.Scalar]bool
	solver *solver.Solver // nil until it is needed
}

// expressions are what a rule detects, or a filter document excludes.
func (d *domains) expressions() []*compiler.Expr {
	if d.Compiled != nil {
		return []*compiler.Expr{d.Compiled.Detection}
	}
	if d.Filter == nil {
		return nil
	}
	for _, r := range d.Corpus.Program.Rules {
		for _, f := range r.Filters {
			if f.Filter == d.Filter {
				return []*compiler.Expr{f}
			}
		}
	}
	return nil
}

func (d *domains) check(leaf *compiler.Expr) {
	if leaf.Value == nil || d.seen[leaf.Value] {
		return
	}
	d.seen[leaf.Value] = true
	p := &d.Corpus.Program.Predicates[leaf.Atom]
	domain := d.Corpus.Table.DomainOf(d.source, p.Field)
	if domain == nil || len(domain.Patterns) == 0 || d.possible(p, domain) {
		return
	}
	d.Report(leaf.Value.Span, "no value of "+p.Field+" can "+trust.Compared(p)+": it is "+domain.Is+", by the table of fields", advice(p, domain))
}

// possible reports whether a value of the domain satisfies a predicate. Texts that
// usually do are tried first, and only a proof says no.
func (d *domains) possible(p *compiler.Predicate, domain *logsource.Domain) bool {
	keeps := d.Corpus.Derived(keepsKey{domain}, func() any { return domain.Keeps() }).(func(string) bool)
	for _, text := range candidates(p, domain) {
		if keeps(text) && p.Accepts(compiler.StringKind, text, compiler.Fold(text)) {
			return true
		}
	}
	switch p.Op {
	case compiler.OpNumber:
		return keeps(p.Number.String())
	case compiler.OpText, compiler.OpRegex:
		if d.solver == nil {
			d.solver = solver.New(solver.Options{Domain: d.judge.Domain(d.source), Prefer: func(field string) []string { return d.Corpus.Table.Realistic(d.source, field) }})
		}
		return d.solver.Satisfiable(d.solver.Predicate(p)).Answer != solver.No
	}
	return true
}

// candidates puts the literal of a predicate into ordinary values.
func candidates(p *compiler.Predicate, domain *logsource.Domain) []string {
	out := slices.Clone(domain.Examples)
	if p.Op != compiler.OpText {
		return out
	}
	_, texts, ok := p.Pattern.Simple()
	if !ok {
		return out
	}
	for _, text := range texts {
		text = strings.ToLower(text)
		for _, before := range []string{"", `c:\`, `c:\x`, "/", "/x", `hklm\`, `hklm\x`, `\`, `\x`, `x\`, "x", "1", "sha256="} {
			for _, behind := range []string{"", "x", "1"} {
				out = append(out, before+text+behind)
			}
		}
	}
	return out
}

// advice says what was most likely meant.
func advice(p *compiler.Predicate, domain *logsource.Domain) string {
	anchor, texts, ok := compiler.Whole, []string(nil), false
	if p.Op == compiler.OpText {
		anchor, texts, ok = p.Pattern.Simple()
	}
	if !ok {
		return "write one that it can have"
	}
	text := texts[0]
	switch {
	case text != strings.TrimSpace(text):
		return "remove the space"
	case domain.Kind == logsource.PathKind && strings.HasSuffix(text, `\`):
		return "it names a folder: did you mean startswith, or contains?"
	case domain.Kind == logsource.PathKind && anchor != compiler.AtEnd && !strings.HasPrefix(text, ":"):
		return "did you mean endswith, or contains?"
	case domain.Name == "file-name" && strings.HasPrefix(text, `\`):
		return "remove the backslash: it has no path"
	}
	return "write one that it can have"
}
