package expansion

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/trust"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/feedback/proposal"
	"github.com/socctl/socctl/feedback/tuning"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/logsource"
)

// maxDrafts is how many rules are drafted for the events of one logsource.
const maxDrafts = 5

// routing are the fields that say which kind of event an event is, where the logsource
// does not say it.
var routing = []string{"EventID"}

// group parts the missed events by the logsource of the rule that would be drafted
// for them, and prepares the questions.
func (x *expansion) group() {
	bySource := map[logsource.Logsource]*group{}
	for _, m := range x.incident.missed() {
		if len(m.open) > 0 {
			continue
		}
		g := bySource[m.source]
		if g == nil {
			g = &group{source: m.source, budget: x.Budget}
			bySource[m.source] = g
			x.groups = append(x.groups, g)
		}
		g.events = append(g.events, m)
	}
	slices.SortFunc(x.groups, func(a, b *group) int { return cmp.Compare(sourceText(a.source), sourceText(b.source)) })
	for _, g := range x.groups {
		g.collect(x.lattices.of(g.source))
		for _, l := range g.literals {
			l.probe = x.probes.literal(g.source, l.Literal)
		}
	}
}

// circumstance are fields of whom and where it happened that no table knows as such: of
// machines, and of clouds, whose places are accounts, projects and tenants.
var circumstance = regexp.MustCompile(`(?i)(domain|host|computer|workstation|user)(name)?$|sid$|host\.name$|actor\.(id|alternateid|displayname)$|useridentity\..*arn$|` +
	`(principal|alternate|account|project|tenant|subscription|organization)_?id$|principal_?(name|email)$|e-?mail(address)?$|` +
	`(^|[._])ips?$|(caller|source|client|remote|src|dst)_?ips?$|ip_?addr(ess)?(es)?$`)

// whose reports whether a field says who it was or where, which is not what was done.
func whose(lattice *tuning.Lattice, field string) bool {
	k := lattice.Kind(field)
	return k == logsource.AccountKind || k == logsource.AddressKind || circumstance.MatchString(field)
}

// collect finds the literals that hold on the events of a group.
func (g *group) collect(lattice tuning.Lattice) {
	index := map[string]*literal{}
	add := func(l *tuning.Literal, routes bool) {
		if index[l.String()] != nil {
			return
		}
		n := &literal{Literal: l, name: nameIn(l.Value), routes: routes, class: lattice.Class(l.Field), kind: lattice.Kind(l.Field), holds: rowsFor(len(g.events))}
		for i, m := range g.events {
			if (tuning.Clause{l}).Matches(m.values) {
				n.holds.Add(i)
			}
		}
		index[l.String()] = n
		g.literals = append(g.literals, n)
	}
	for _, m := range g.events {
		for _, field := range routing {
			if v := m.values[field]; g.source.Category == "" && v != "" {
				add(tuning.NewLiteral(field, compiler.Whole, v), true)
			}
		}
		for _, field := range slices.Sorted(maps.Keys(m.values)) {
			if whose(&lattice, field) {
				continue
			}
			for _, l := range lattice.Of(field, m.values[field]) {
				add(l, false)
			}
		}
	}
	slices.SortFunc(g.literals, func(a, b *literal) int {
		return cmp.Or(cmp.Compare(b.holds.Count(), a.holds.Count()), cmp.Compare(a.String(), b.String()))
	})
	g.literals = g.literals[:min(len(g.literals), maxLiterals)]
}

// draft makes rules for the events of a group that nothing catches yet.
func (x *expansion) draft(g *group) {
	left := rowsFor(len(g.events))
	for i, m := range g.events {
		if !m.claimed {
			left.Add(i)
		}
	}
	if left.Count() == 0 {
		return
	}
	g.learn(x.answers)
	why := ""
	switch recorded, own := x.besides(g.source); {
	case recorded < minRecorded:
		why = fmt.Sprintf("the recordings hold %d events of %s%s; below %d nothing is known of what a rule would cost", recorded, sourceText(g.source), own, minRecorded)
	case g.days == 0:
		why = "the recorded events of " + sourceText(g.source) + " have no time: what a rule would cost a day is not known"
	}
	for n := 0; why == "" && n < maxDrafts && left.Count() > 0; n++ {
		c := g.best(left)
		if c == nil {
			why = x.noClause(g)
			break
		}
		if why = x.drafted(g, c, left); why == "" {
			left.Minus(c.holds)
		}
	}
	left.Each(func(i int) {
		g.events[i].open = append(g.events[i].open, cmp.Or(why, fmt.Sprintf("%d rules were drafted for %s; apply them and look again", maxDrafts, sourceText(g.source))))
	})
}

func (x *expansion) noClause(g *group) string {
	if c := g.answers.cost(g.source, tally{}, g.budget); c.State != "within" {
		return x.undecided(&c)
	}
	return fmt.Sprintf("no combination of up to %d comparisons with fields of %s keeps to the budget and rests on more than one text that the attacker types", maxDepth, sourceText(g.source))
}

// drafted makes a proposal of a clause, after it has been read back.
func (x *expansion) drafted(g *group, c *clause, left tuning.Rows) string {
	literals := g.clauseOf(c)
	d := &document{clause: literals, source: g.source, in: x.Input}
	var events []*missed
	c.holds.And(left).Each(func(i int) { events = append(events, g.events[i]) })
	d.events = len(events)
	p := Proposal{Kind: Draft, ID: d.id(), Rule: d.id(), Title: d.title(), Change: "a rule for " + sourceText(g.source) + " where " + says(literals), Document: d.String(), Cost: g.answers.cost(g.source, g.tally(c.rows), x.Budget)}
	name := strings.Trim(strings.Join([]string{g.source.Product, cmp.Or(g.source.Category, g.source.Service)}, "_"), "_") + "_" + p.ID[:8] + ".yml"
	p.Path, p.TestPath = path.Join(x.Drafts, name), path.Join(x.Tests, name)
	p.Cost.Known = g.known(c)
	lattice := x.lattices.of(g.source)
	p.Literals, p.Weakest = g.comparisons(c, &lattice), weakest(&lattice, literals)
	program, rule, err := d.compiled()
	if err != nil {
		return "the draft cannot be read back: " + err.Error()
	}
	ev := evaluator.New(program)
	for _, m := range events {
		if !ev.MatchRule(rule, m.event) {
			return "the draft does not match " + m.print
		}
	}
	if p.Test, err = x.tests(program, rule, rule, events, true); err != nil {
		return err.Error()
	}
	x.claim(p, events)
	return ""
}

// known counts the events of the incident in the recordings that a clause matches.
func (g *group) known(c *clause) int {
	n := 0
	for _, k := range g.answers.known {
		if !slices.ContainsFunc(c.literals, func(i int) bool { return !k.cell.has(g.literals[i].probe) }) {
			n += k.times
		}
	}
	return n
}

// comparisons tells of the literals of a clause, in the order of their fields.
func (g *group) comparisons(c *clause, lattice *tuning.Lattice) []Comparison {
	var out []Comparison
	for _, l := range g.clauseOf(c) {
		for _, n := range c.literals {
			if own := g.literals[n]; own.Literal == l {
				out = append(out, Comparison{Text: l.String(), Decides: lattice.Class(l.Field).String(), Recorded: own.count, Share: float64(own.count) / float64(max(1, g.ground.Events))})
			}
		}
	}
	return out
}

// document is a rule in the making.
type document struct {
	clause tuning.Clause
	source logsource.Logsource
	events int
	in     *Input
}

func (d *document) id() string {
	return proposal.UUID(namespace, sourceText(d.source)+"\x00"+d.clause.String())
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// maxTitle is the longest title that the checks of lint let pass.
const maxTitle = 100

func (d *document) title() string {
	words := []rune("Draft: " + strings.Join(strings.Fields(says(d.clause)), " "))
	for i, r := range words {
		if r < 0x20 || r == 0x7f {
			words[i] = ' '
		}
	}
	if len(words) > maxTitle {
		words = append(words[:maxTitle-1], '…')
	}
	return string(words)
}

// says writes a clause as a sentence.
func says(c tuning.Clause) string {
	parts := make([]string, len(c))
	for i, l := range c {
		p := l.Predicate()
		parts[i] = trust.Says(&p, true)
	}
	return sentence(parts)
}

// String returns the document.
func (d *document) String() string {
	var b strings.Builder
	line := func(indent int, key, value string) {
		fmt.Fprintf(&b, "%s%s: %s\n", strings.Repeat("    ", indent), key, value)
	}
	line(0, "title", proposal.Scalar(d.title()))
	line(0, "id", d.id())
	line(0, "status", "experimental")
	line(0, "description", proposal.Scalar("Drafted by socctl expand from "+count(d.events, "event")+" of a confirmed incident that no rule matched. What it means is for a person to say."))
	if d.in.Owner != "" {
		line(0, "author", proposal.Scalar(d.in.Owner))
	}
	line(0, "date", d.in.Now.UTC().Format(time.DateOnly))
	if len(d.in.Techniques) > 0 {
		b.WriteString("tags:\n")
		for _, t := range d.in.Techniques {
			fmt.Fprintf(&b, "    - %s\n", t)
		}
	}
	b.WriteString("logsource:\n")
	for _, part := range [][2]string{{"category", d.source.Category}, {"product", d.source.Product}, {"service", d.source.Service}} {
		if part[1] != "" {
			line(1, part[0], proposal.Scalar(part[1]))
		}
	}
	b.WriteString("detection:\n    selection:\n" + proposal.Selection(d.clause, 8) + "    condition: selection\n")
	line(0, "level", cmp.Or(d.in.Level, "medium"))
	return b.String()
}

// compiled reads the document back.
func (d *document) compiled() (*compiler.Program, *compiler.Rule, error) {
	docs, diags := rules.Parse("draft.yml", []byte(d.String()))
	if err := diags.Err(); err != nil {
		return nil, nil, err
	}
	set := &rules.Set{}
	for _, doc := range docs {
		set.Add(doc)
	}
	set.Link()
	_, p, diags := d.in.compile(set)
	if err := diags.Err(); err != nil {
		return nil, nil, err
	}
	if len(p.Rules) != 1 {
		return nil, nil, fmt.Errorf("it holds %d rules", len(p.Rules))
	}
	return p, p.Rules[0], nil
}

// weakest says how an attacker gets past a conjunction: by not satisfying the one
// comparison that costs him least.
func weakest(lattice *tuning.Lattice, literals []*tuning.Literal) string {
	rank := map[logsource.Trust]int{logsource.AttackerSet: 0, logsource.Unknown: 1, logsource.Spoofable: 2, logsource.SystemSet: 3}
	how := map[logsource.Trust]string{logsource.AttackerSet: "which the attacker chooses", logsource.Unknown: "about which nothing is known",
		logsource.Spoofable: "which an attacker can change with a known trick", logsource.SystemSet: "which the system writes: he has to act in another way"}
	var least *tuning.Literal
	for _, l := range literals {
		if least == nil || rank[lattice.Class(l.Field)] < rank[lattice.Class(least.Field)] {
			least = l
		}
	}
	if least == nil {
		return ""
	}
	return "have another " + least.Field + ", " + how[lattice.Class(least.Field)]
}
