package expansion

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/diff"
	"github.com/socctl/socctl/compiler/trust"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/feedback"
	"github.com/socctl/socctl/feedback/proposal"
	"github.com/socctl/socctl/feedback/tuning"
	"github.com/socctl/socctl/rules"
)

const (
	maxValues   = 3 // that a widening adds to an item
	maxAttempts = 8 // ways of widening a part that are tried
	minRest     = 2 // items that hold on the event if another one is removed
)

// namespace is that of the ids of proposals (RFC 9562, version 5).
const namespace = "8d1c0a53-7e0b-5b8e-8f0e-1c2f57a0c9d4"

// widening is one way to make a rule match.
type widening struct {
	edits  []edit // of the rule's file
	err    error
	change string // a sentence
	events []*missed
	cost   Cost
	adds   []*candidate
}

// widen proposes to widen the parts by which rules miss events, the most telling rules
// first.
func (x *expansion) widen(all []*near) {
	for _, n := range all {
		x.tell(n)
	}
	slices.SortStableFunc(all, func(a, b *near) int {
		return cmp.Or(cmp.Compare(len(b.events), len(a.events)), cmp.Compare(a.told.Share, b.told.Share), cmp.Compare(b.tells, a.tells), cmp.Compare(a.place(), b.place()))
	})
	for _, n := range all {
		n.told.Rejected = x.widenBy(n)
	}
}

// tell notes what the recordings say of a near miss.
func (x *expansion) tell(n *near) {
	t := x.answers.count(func(c *cell) bool { return c.has(n.probe) })
	n.told = NearMiss{Rule: nameOf(n.rule), Title: n.rule.Title, Path: n.rule.Source.Span.Path(), Line: n.span().Start.Line, Part: n.partText(), Holds: n.holds, Events: len(n.events)}
	if n.also != nil {
		n.told.Also, n.told.AlsoLine = n.also.partText(), n.also.span().Start.Line
	}
	all := x.answers.ground(trust.Logsource(n.rule)).Events
	n.told.Rest, n.told.Recorded, n.told.Share = t.total, all, feedback.ProportionUpper(t.total, all, backtest.Confidence)
}

// widenBy makes a proposal of a near miss, or says why not.
func (x *expansion) widenBy(n *near) string {
	if why := x.unfit(n); why != "" {
		return why
	}
	var why string
	ways := x.ways
	if n.also != nil {
		ways = x.pairWays
	}
	for _, w := range ways(n) {
		if w.err != nil {
			why = cmp.Or(why, "the file cannot be changed by a patch: "+w.err.Error())
			continue
		}
		if w.cost.State != backtest.Within {
			why = cmp.Or(why, x.undecided(&w.cost))
			continue
		}
		p, err := x.patched(n, &w)
		if err != nil {
			why = cmp.Or(why, err.Error())
			continue
		}
		x.touched[p.Path] = true
		x.claim(*p, w.events)
		n.told.Proposal = p.ID
		return ""
	}
	return cmp.Or(why, "no value of the events generalises to one that could stand beside others in the part")
}

// unfit says why a near miss is not worth a proposal, or cannot have one.
func (x *expansion) unfit(n *near) string {
	recorded, own := x.besides(trust.Logsource(n.rule))
	file := n.file()
	switch {
	case !slices.ContainsFunc(n.events, func(m *missed) bool { return !m.claimed }):
		return "other proposals catch its events"
	case n.holds:
		return "an exclusion holds the rule back: whether to narrow it is for a person, see socctl filter audit"
	case !x.about(n.rule):
		return "the rule is not tagged with a technique of the incident"
	case recorded < minRecorded:
		return fmt.Sprintf("the recordings hold %d events of the logsource%s; below %d nothing is known of its cost", recorded, own, minRecorded)
	case n.told.Share > maxShare:
		return fmt.Sprintf("the rest of the rule tells too little: it holds on %d of %d recorded events, which may be %.3g %% of all; at most %g %% may", n.told.Rest, n.told.Recorded, 100*n.told.Share, 100*maxShare)
	case file == nil:
		return errElsewhere.Error()
	case x.touched[file.Path]:
		return "another proposal changes its file: apply that one and look again"
	}
	return ""
}

// about reports whether a rule is tagged with a technique of the incident, with a part
// of one or with the whole. Where none is known, all rules may be.
func (x *expansion) about(r *compiler.Rule) bool {
	if len(x.Techniques) == 0 {
		return true
	}
	whole := func(tag string) string {
		id, _, _ := strings.Cut(strings.TrimPrefix(strings.ToLower(tag), "attack."), ".")
		return id
	}
	return slices.ContainsFunc(r.Source.Tags, func(tag rules.Scalar) bool {
		return slices.ContainsFunc(x.Techniques, func(t string) bool { return whole(t) == whole(tag.Text) })
	})
}

// ways are the widenings of a part, the narrowest first: a value that says less than
// one that is there, further values, and last the rule without the part.
func (x *expansion) ways(n *near) []widening {
	var out []widening
	for _, adds := range x.choices(n) {
		if n.central(adds) {
			continue
		}
		if w := x.withValues(n, adds); len(w.events) > 0 {
			out = append(out, w)
		}
	}
	if n.item == nil || n.part == n.item && n.tells < minRest || x.answers.count(func(c *cell) bool { return c.has(n.own) }).total <= n.told.Rest {
		return out // it is what the rule is about
	}
	last := widening{change: "remove " + n.partText(), events: n.left(nil), cost: x.answers.cost(trust.Logsource(n.rule), x.answers.count(func(c *cell) bool { return c.has(n.probe) }), x.Budget)}
	without := n.withoutValue
	if n.part == n.item {
		without = n.withoutItem
	}
	e, err := without()
	last.edits, last.err = []edit{e}, err
	return append(out, last)
}

// central reports whether values would stand beside a single one, which is what the
// rule is about.
func (n *near) central(adds []*candidate) bool {
	return len(n.item.Item.Values) < 2 && adds[0].replaces < 0
}

// withValues is the widening of an item by values.
func (x *expansion) withValues(n *near, adds []*candidate) widening {
	w := widening{adds: adds, events: n.left(adds)}
	patterns, replaces := make([]string, len(adds)), -1
	for i, c := range adds {
		patterns[i], replaces = c.literal.Pattern(), max(replaces, c.replaces)
	}
	e, err := n.withValues(patterns, replaces)
	w.edits, w.err = []edit{e}, err
	w.change = "add " + patternsText(patterns) + " to " + n.partText()
	if replaces >= 0 {
		w.change = "generalise " + proposal.Scalar(n.item.Item.Values[replaces].Text) + " of " + n.partText() + " to " + patternsText(patterns)
	}
	w.cost = x.answers.cost(trust.Logsource(n.rule), x.answers.count(func(c *cell) bool {
		return c.has(n.probe) && slices.ContainsFunc(adds, func(a *candidate) bool { return c.has(a.probe) })
	}), x.Budget)
	return w
}

// left returns the events of a near miss that no proposal catches yet and one of the
// values covers; nil values cover all.
func (n *near) left(adds []*candidate) []*missed {
	var out []*missed
	for at, m := range n.events {
		if !m.claimed && (adds == nil || slices.ContainsFunc(adds, func(c *candidate) bool { return c.covers[at] })) {
			out = append(out, m)
		}
	}
	return out
}

func patternsText(patterns []string) string {
	quoted := make([]string, len(patterns))
	for i, p := range patterns {
		quoted[i] = proposal.Scalar(p)
	}
	return strings.Join(quoted, ", ")
}

// choices are values to try: each of those that cover the most events alone, and if
// none covers all, several together.
func (x *expansion) choices(n *near) [][]*candidate {
	rare, within := map[*candidate]int{}, map[*candidate]bool{}
	for _, c := range n.candidates {
		rare[c] = x.answers.count(func(k *cell) bool { return k.has(c.probe) }).total
		cost := x.answers.cost(trust.Logsource(n.rule), x.answers.count(func(k *cell) bool { return k.has(n.probe) && k.has(c.probe) }), x.Budget)
		within[c] = cost.State == backtest.Within
	}
	all := slices.DeleteFunc(slices.Clone(n.candidates), func(c *candidate) bool { // one that says less keeps to the budget too
		return slices.ContainsFunc(n.candidates, func(o *candidate) bool { return o != c && within[o] && o.literal.Generalises(c.literal) })
	})
	slices.SortStableFunc(all, func(a, b *candidate) int {
		return cmp.Or(cmp.Compare(b.covered(), a.covered()), cmp.Compare(min(b.replaces, 0), min(a.replaces, 0)), cmp.Compare(rare[a], rare[b]),
			cmp.Compare(len(a.literal.Value), len(b.literal.Value)), cmp.Compare(a.literal.String(), b.literal.String()))
	})
	var out [][]*candidate
	if len(all) > 0 && all[0].covered() < len(n.events) {
		if together := covering(all); len(together) > 1 {
			out = append(out, together)
		}
	}
	for _, c := range all[:min(len(all), maxAttempts)] {
		out = append(out, []*candidate{c})
	}
	return out
}

// covering picks values that together cover the most events, none of which takes the
// place of another.
func covering(all []*candidate) []*candidate {
	var out []*candidate
	covered := map[int]bool{}
	for len(out) < maxValues {
		var best *candidate
		most := 0
		for _, c := range all {
			n := 0
			for at, is := range c.covers {
				if is && !covered[at] {
					n++
				}
			}
			if c.replaces < 0 && n > most {
				best, most = c, n
			}
		}
		if best == nil {
			break
		}
		out = append(out, best)
		for at, is := range best.covers {
			covered[at] = covered[at] || is
		}
	}
	return out
}

// patched makes a proposal of a widening, after it has been read back and held
// against the rule as it is.
func (x *expansion) patched(n *near, w *widening) (*Proposal, error) {
	file := n.file()
	text, err := edited(file.Source, w.edits...)
	if err != nil {
		return nil, err
	}
	old, before, err := x.compiled(file.Path, string(file.Source), n.rule)
	if err != nil {
		return nil, err
	}
	now, after, err := x.compiled(file.Path, text, n.rule)
	if err != nil {
		return nil, fmt.Errorf("the patched file cannot be read: %w", err)
	}
	change := diff.NewComparer(old, now).Pair(before, after)
	if change.Kind != diff.Wider && change.Kind != diff.Unknown {
		return nil, fmt.Errorf("the patch makes the rule %s, not wider", cmp.Or(string(change.Kind), "mean the same"))
	}
	ev := evaluator.New(now)
	for _, m := range w.events {
		if !ev.MatchRule(after, m.event) {
			return nil, fmt.Errorf("the patched rule does not match %s", m.print)
		}
	}
	p := &Proposal{Kind: Widening, Rule: nameOf(n.rule), Title: n.rule.Title, Path: file.Path, Change: w.change, Before: string(file.Source), Document: text,
		Proof: string(change.Kind), Parts: len(w.edits), Cost: w.cost}
	p.ID = proposal.UUID(namespace, p.Rule+"\x00"+file.Path+"\x00"+w.change)
	p.TestPath = path.Join(x.Tests, strings.TrimSuffix(path.Base(file.Path), path.Ext(file.Path))+"_"+p.ID[:8]+".yml")
	lattice := x.lattices.of(trust.Logsource(n.rule))
	all := float64(max(1, w.cost.Events))
	for _, c := range w.adds {
		recorded := x.answers.count(func(k *cell) bool { return k.has(c.probe) }).total
		p.Literals = append(p.Literals, Comparison{Text: c.literal.String(), Decides: lattice.Class(c.literal.Field).String(), Recorded: recorded, Share: float64(recorded) / all})
	}
	p.Weakest = weakest(&lattice, literalsOf(w.adds))
	p.Test, err = x.tests(now, after, n.rule, w.events, false)
	return p, err
}

func literalsOf(adds []*candidate) []*tuning.Literal {
	out := make([]*tuning.Literal, len(adds))
	for i, c := range adds {
		out[i] = c.literal
	}
	return out
}

// compiled compiles the rules of a file with another text, and returns the one that
// stands in the place of a rule.
func (x *expansion) compiled(path, text string, like *compiler.Rule) (*compiler.Program, *compiler.Rule, error) {
	set, diags := x.changed(map[string]string{path: text})
	if err := diags.Err(); err != nil {
		return nil, nil, err
	}
	nth := 0
	for _, r := range x.Set.Rules {
		if r.Span == like.Source.Span {
			break
		}
		if r.Span.Path() == path {
			nth++
		}
	}
	set, p, diags := x.compile(set)
	if nth < len(set.Rules) {
		for _, r := range p.Rules {
			if r.Source == set.Rules[nth] {
				return p, r, nil
			}
		}
	}
	if err := diags.Err(); err != nil {
		return nil, nil, err
	}
	return nil, nil, errElsewhere
}

// changed returns the rules of files with other texts, with all filters that apply to
// them, those of other files included. The diagnostics are about the texts.
func (x *expansion) changed(texts map[string]string) (*rules.Set, rules.Diagnostics) {
	set := &rules.Set{}
	for _, d := range x.Set.Documents() {
		if _, is := texts[d.Meta().Span.Path()]; !is {
			set.Add(d)
		}
	}
	var diags rules.Diagnostics
	wanted := map[rules.Document]bool{}
	for _, path := range slices.Sorted(maps.Keys(texts)) {
		docs, found := rules.Parse(path, []byte(texts[path]))
		diags = append(diags, found...)
		for _, d := range docs {
			set.Add(d)
			wanted[d] = true
		}
	}
	set.Link()
	return set.Select(func(d rules.Document) bool { return wanted[d] }), diags
}
