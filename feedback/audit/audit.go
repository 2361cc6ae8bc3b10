package audit

import (
	"cmp"
	"context"
	"maps"
	"math"
	"slices"

	"github.com/socctl/socctl/attack"
	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/trust"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/logsource"
)

// Run audits the exclusions of all rules of a program by a table; nil means the
// built-in one. The only error is that of a context that has ended.
func Run(ctx context.Context, p *compiler.Program, table *logsource.Table) (*Report, error) {
	if table == nil {
		table = logsource.Default()
	}
	a := &auditor{program: p, table: table, judge: trust.New(table), prover: newProver(p, table), merged: map[string]int{},
		report: &Report{Schema: Schema, Exclusions: []Exclusion{}}}
	a.survey()
	for _, r := range p.Rules {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		a.rule(r)
	}
	a.finish()
	return a.report, nil
}

type auditor struct {
	program *compiler.Program
	table   *logsource.Table
	judge   *trust.Judge
	prover  *prover
	report  *Report

	exclusions map[*compiler.Rule][]trust.Exclusion
	alike      map[string]*kin // by what is excluded
	pinned     map[string][]*pin
	merged     map[string]int // filter documents: index of the exclusion in the report
	open       map[*compiler.Rule]bool
}

// kin is the rules that exclude the same.
type kin struct {
	rules      int
	last       *compiler.Rule
	techniques map[string]bool
}

// survey looks at all exclusions once, for what they have in common.
func (a *auditor) survey() {
	a.exclusions, a.alike, a.pinned, a.open = map[*compiler.Rule][]trust.Exclusion{}, map[string]*kin{}, map[string][]*pin{}, map[*compiler.Rule]bool{}
	for _, r := range a.program.Rules {
		found := trust.Exclusions(r)
		a.exclusions[r] = found
		for i := range found {
			x := &found[i]
			key := a.key(r, x)
			k := a.alike[key]
			if k == nil {
				k = &kin{techniques: map[string]bool{}}
				a.alike[key] = k
			}
			if k.last != r {
				k.rules, k.last = k.rules+1, r
			}
			for _, t := range techniques(r) {
				k.techniques[t] = true
			}
			a.pin(r, x)
		}
	}
}

// key is the same for exclusions of the same events.
func (a *auditor) key(r *compiler.Rule, x *trust.Exclusion) string {
	if x.Filter != nil {
		return x.Span().String()
	}
	return trust.Logsource(r).String() + "\x00" + x.Body.String(a.program.Predicates)
}

func techniques(r *compiler.Rule) (out []string) {
	for _, t := range r.Source.Tags {
		if tag, ok := attack.ParseTag(t.Text); ok && tag.Kind == attack.TechniqueTag {
			out = append(out, tag.Name)
		}
	}
	return out
}

func (a *auditor) rule(r *compiler.Rule) {
	a.report.Summary.Rules++
	found := a.exclusions[r]
	if len(found) > 0 {
		a.report.Summary.Excluding++
	}
	for i := range found {
		x := a.grade(r, &found[i])
		if x.State != Dead && x.Class == logsource.AttackerSet.String() {
			a.open[r] = true
		}
		if x.Kind == Document {
			a.merge(x)
			continue
		}
		a.report.Exclusions = append(a.report.Exclusions, x)
	}
}

// merge keeps of a filter document the rule on which it is weakest: one of which it
// excludes something, if there is any.
func (a *auditor) merge(x Exclusion) {
	if x.State == Dead || x.State == Covered {
		x.Vain = []string{x.Rule.Title}
	}
	key := x.span.String()
	at, known := a.merged[key]
	if !known {
		a.merged[key] = len(a.report.Exclusions)
		a.report.Exclusions = append(a.report.Exclusions, x)
		return
	}
	before := &a.report.Exclusions[at]
	vain := slices.Concat(before.Vain, x.Vain)
	if order := cmp.Compare(bit(len(x.Vain) > 0), bit(len(before.Vain) > 0)); order < 0 || order == 0 && worse(&x, before) < 0 {
		*before = x
	}
	before.Vain = vain
}

// grade finds the easiest way into an exclusion that the rule leaves open.
func (a *auditor) grade(r *compiler.Rule, x *trust.Exclusion) Exclusion {
	source := trust.Logsource(r)
	ways := a.judge.Ways(source, a.program, x.Body)
	out := Exclusion{Name: x.Name(), Kind: Inline, Rule: ruleOf(r), Inverted: x.Inverted, span: x.Span()}
	switch {
	case x.Filter != nil:
		out.Kind, out.Document = Document, x.Filter.Title.Text
	case x.Item != nil:
		out.Kind = Neq
	}
	out.Path, out.Line, out.Col = out.span.Path(), out.span.Start.Line, out.span.Start.Column
	k := a.alike[a.key(r, x)]
	out.Rules, out.Techniques = k.rules, slices.Sorted(maps.Keys(k.techniques))
	if out.Techniques == nil {
		out.Techniques = []string{}
	}
	way := a.prover.prove(r, x, ways, &out)
	out.Score = math.Round(10*way.Score) / 10
	out.Class = way.Class().String()
	out.Bypass = bypass(way, x)
	out.Free, out.Defines = a.free(r, way), trust.Defines(a.program, r, way)
	if s := way.Anchor(); s != nil {
		out.Anchor = a.anchor(s)
	}
	if out.State != Dead {
		out.Stronger = a.stronger(r, way)
	}
	out.Severity = severity(&out)
	return out
}

func ruleOf(r *compiler.Rule) Rule {
	at := r.Source.Span
	return Rule{ID: r.ID, Title: r.Title, Level: r.Level, Path: at.Path(), Line: at.Start.Line, Category: r.Category, Product: r.Product, Service: r.Service}
}

// bypass is a sentence without its dot.
func bypass(w *trust.Way, x *trust.Exclusion) string {
	if x.Inverted {
		return "do anything but what the filter names, which is all that is left of the rule"
	}
	return w.How()
}

func (a *auditor) anchor(s *trust.Step) *Anchor {
	p := &a.program.Predicates[s.Leaf.Atom]
	out := &Anchor{Field: p.Field, Value: p.String(), Score: s.Scored.Score}
	if s.Value != nil {
		out.Value, out.Line = s.Value.Text, s.Value.Span.Start.Line
	}
	return out
}

// free reports whether a way asks for a field that the rule itself does not ask for.
func (a *auditor) free(r *compiler.Rule, w *trust.Way) bool {
	asked := map[string]bool{}
	trust.Wanted(r.Detection, func(leaf *compiler.Expr) { asked[a.program.Predicates[leaf.Atom].Field] = true })
	return slices.ContainsFunc(w.Steps, func(s trust.Step) bool { return s.Holds && !asked[s.Scored.Field] })
}

// severity is warning where an attacker hides by his own words from a rule that
// matters, and where what is written cannot be what was meant. What others cover
// is told with them, and what a rule means is no mistake.
func severity(x *Exclusion) string {
	if x.State == Covered || x.Defines && x.State == Proven {
		return rules.Info.String()
	}
	grave := x.Rule.Level == "high" || x.Rule.Level == "critical"
	if x.Inverted || x.State == Dead || grave && x.Class == logsource.AttackerSet.String() {
		return rules.Warning.String()
	}
	return rules.Info.String()
}

// levels are those of rules, the gravest first.
var levels = []string{"critical", "high", "medium", "low", "informational", ""}

// worse orders exclusions, the worst first: what is inverted, then by how easy it
// is to hide from how grave a rule, and what is dead last.
func worse(a, b *Exclusion) int {
	return cmp.Or(
		cmp.Compare(bit(!a.Inverted), bit(!b.Inverted)),
		cmp.Compare(bit(a.State == Dead), bit(b.State == Dead)),
		cmp.Compare(classRank(a.Class), classRank(b.Class)),
		cmp.Compare(slices.Index(levels, a.Rule.Level), slices.Index(levels, b.Rule.Level)),
		cmp.Compare(a.Score, b.Score),
		cmp.Compare(bit(!a.Free), bit(!b.Free)),
		-cmp.Compare(a.Rules, b.Rules),
		cmp.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col), cmp.Compare(a.Rule.Path, b.Rule.Path),
	)
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

func classRank(class string) int {
	return slices.Index([]string{"attacker", "spoofable", "system"}, class)
}

func (a *auditor) finish() {
	r := a.report
	slices.SortStableFunc(r.Exclusions, func(x, y Exclusion) int { return worse(&x, &y) })
	s := &r.Summary
	s.Exclusions, s.Open = len(r.Exclusions), len(a.open)
	for i := range r.Exclusions {
		x := &r.Exclusions[i]
		s.Inverted += bit(x.Inverted)
		switch x.State {
		case Dead:
			s.Dead++
			continue
		case Covered:
			s.Covered++
		case Proven:
			s.Proven++
		default:
			s.Unknown++
		}
		s.Attacker += bit(x.Class == "attacker")
		s.Spoofable += bit(x.Class == "spoofable")
		s.System += bit(x.Class == "system")
	}
}
