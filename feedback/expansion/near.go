package expansion

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/trust"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/feedback/tuning"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/logsource"
)

const (
	maxNear       = 60   // near misses that are looked at, those with the most events and what they share first
	maxCandidates = 24   // comparisons that are tried for each
	minText       = 4    // bytes of a text that is looked for in others
	maxShare      = 0.01 // of events of the logsource that the rest of a rule may match: more tells nothing
)

// near is a part of a rule that alone keeps it from matching events of the incident,
// or that does with also, if neither does alone.
type near struct {
	rule *compiler.Rule
	flip
	also   *near // the other part of two; nil for none
	events []*missed
	shown  []evaluator.Event // the events, as the rule sees them
	tells  int               // items that hold

	probe      int // of what the rule would match without the part
	own        int // of what the part matches
	told       NearMiss
	candidates []*candidate
}

// candidate is a comparison that would make the part hold.
type candidate struct {
	literal  *tuning.Literal
	probe    int
	covers   []bool // of the events of the near miss
	replaces int    // value of the item that it says less than; -1 for none
}

// nearMisses returns the near misses of the events that no rule matches, the most
// promising first.
func nearMisses(p *compiler.Program, i *incident, about func(*compiler.Rule) bool) []*near {
	type key struct {
		rule *compiler.Rule
		flip
	}
	index := map[key]*near{}
	var out []*near
	i.eachMiss(p, func(m *missed, view evaluator.Event, t *truth, r *compiler.Rule) {
		for _, f := range t.flips(r.Expr) {
			n := index[key{r, f}]
			if n == nil {
				n = &near{rule: r, flip: f, tells: t.tells(r.Expr)}
				index[key{r, f}] = n
				out = append(out, n)
			}
			n.note(m, view)
		}
	})
	return promising(slices.DeleteFunc(out, func(n *near) bool { return n.tells == 0 }), maxNear, about)
}

// eachMiss visits every event that no rule matches with every rule of its logsource,
// as the rule sees the event.
func (i *incident) eachMiss(p *compiler.Program, visit func(m *missed, view evaluator.Event, t *truth, r *compiler.Rule)) {
	ev := evaluator.New(p)
	for _, m := range i.missed() {
		for _, view := range m.event.Views() {
			t := &truth{ev, view.Event, map[int]bool{}}
			for _, r := range p.Rules {
				if r.Alerts && evaluator.Satisfies(view.Logsource, r) {
					visit(m, view.Event, t, r)
				}
			}
		}
	}
}

// note adds an event, once.
func (n *near) note(m *missed, view evaluator.Event) {
	if !slices.Contains(n.events, m) {
		n.events, n.shown = append(n.events, m), append(n.shown, view)
	}
}

// promising returns so many near misses, those of rules that the incident is about first,
// among them those with the most events and what they share.
func promising(all []*near, most int, about func(*compiler.Rule) bool) []*near {
	other := func(n *near) int {
		if about(n.rule) {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(all, func(a, b *near) int {
		return cmp.Or(other(a)-other(b), cmp.Compare(len(b.events)*b.tells, len(a.events)*a.tells), cmp.Compare(a.place(), b.place()))
	})
	return all[:min(len(all), most)]
}

// span is where the part stands.
func (n *near) span() rules.Span {
	switch {
	case n.part.Value != nil:
		return n.part.Value.Span
	case n.item != nil && n.item.Item.Key.Span.Known():
		return n.item.Item.Key.Span
	case n.item != nil:
		return n.item.Item.Span
	}
	return n.rule.Source.Span
}

func (n *near) place() string { return n.span().String() }

// partText is the part as it is written.
func (n *near) partText() string {
	if n.item == nil {
		return "a part that the compiler made"
	}
	key := cmp.Or(n.item.Item.Key.Text, "keywords")
	if n.part.Value != nil && n.part != n.item {
		return key + " " + n.part.Value.Text
	}
	return key
}

// ask prepares the questions that decide about a near miss.
func (n *near) ask(s *probes, lattices *lattices) {
	if n.also == nil {
		n.probe = s.gap(n.rule, n.flip)
		n.compare(s, lattices, maxCandidates)
		return
	}
	n.probe = s.gap(n.rule, n.flip, n.also.flip)
	n.also.probe = n.probe
	for _, part := range n.both() {
		part.compare(s, lattices, maxPairCandidates)
	}
}

// compare prepares the questions about the comparisons that would make the part hold,
// the most promising of them.
func (n *near) compare(s *probes, lattices *lattices, most int) {
	n.own = s.add(trust.Logsource(n.rule), n.part)
	if n.holds || n.item == nil || n.part != n.item {
		return
	}
	anchor, ok := widenable(n.item.Item)
	if !ok {
		return
	}
	lattice := lattices.of(trust.Logsource(n.rule))
	index := map[string]*candidate{}
	for at, event := range n.shown {
		for _, l := range n.literals(&lattice, anchor, event) {
			c := index[l.String()]
			if c == nil {
				c = &candidate{literal: l, covers: make([]bool, len(n.events)), replaces: n.generalises(l)}
				index[l.String()] = c
				n.candidates = append(n.candidates, c)
			}
			c.covers[at] = true
		}
	}
	slices.SortFunc(n.candidates, func(a, b *candidate) int {
		return cmp.Or(cmp.Compare(b.covered(), a.covered()), cmp.Compare(min(b.replaces, 0), min(a.replaces, 0)), cmp.Compare(a.literal.String(), b.literal.String()))
	})
	n.candidates = n.candidates[:min(len(n.candidates), most)]
	for _, c := range n.candidates {
		c.probe = s.literal(trust.Logsource(n.rule), c.literal)
	}
}

func (c *candidate) covered() int {
	n := 0
	for _, is := range c.covers {
		if is {
			n++
		}
	}
	return n
}

// widenable returns how the values of an item are compared, and whether a further one
// can simply stand beside them.
func widenable(item *rules.Item) (compiler.Anchor, bool) {
	anchor := compiler.Whole
	for _, m := range item.Modifiers {
		switch m.Name {
		case "contains":
			anchor = compiler.Anywhere
		case "startswith":
			anchor = compiler.AtStart
		case "endswith":
			anchor = compiler.AtEnd
		default:
			return anchor, false
		}
	}
	for i := range item.Values {
		if item.Values[i].Kind == rules.NullScalar {
			return anchor, false
		}
	}
	return anchor, item.Field.Text != ""
}

// literals are comparisons of the item's kind that hold on an event.
func (n *near) literals(lattice *tuning.Lattice, anchor compiler.Anchor, event evaluator.Event) []*tuning.Literal {
	field := n.item.Item.Field.Text
	v, ok := event.Field(field)
	if k := v.Kind(); !ok || whose(lattice, field) || k == evaluator.List || k == evaluator.Object || k == evaluator.Null {
		return nil
	}
	text := strings.TrimSpace(v.Text())
	var out []*tuning.Literal
	for _, l := range lattice.Of(field, text) {
		if l.CIDR || anchor != compiler.Anywhere && l.Anchor != anchor || anchor == compiler.Anywhere && l.Anchor == compiler.Whole && len(l.Value) > 60 {
			continue
		}
		if anchor != compiler.Whole && len(l.Value) < minText {
			continue
		}
		if l.Anchor != anchor {
			l = tuning.NewLiteral(field, anchor, l.Value)
		}
		out = append(out, l)
	}
	if len(out) == 0 && anchor == compiler.Whole && lattice.Kind(field) != "" && n.besideNumbers(text) {
		return []*tuning.Literal{tuning.NewLiteral(field, anchor, text)}
	}
	return out
}

// besideNumbers reports whether a text is a number, and so are all values of the item.
func (n *near) besideNumbers(text string) bool {
	number, err := strconv.ParseInt(text, 10, 64)
	return err == nil && strconv.FormatInt(number, 10) == text &&
		!slices.ContainsFunc(n.item.Item.Values, func(v rules.Scalar) bool { return v.Kind != rules.IntScalar })
}

// generalises returns the value of the item that a literal says less than; -1 for
// none.
func (n *near) generalises(l *tuning.Literal) int {
	text := compiler.Fold(l.Value)
	for i := range n.item.Item.Values {
		old := compiler.Fold(n.item.Item.Values[i].Text)
		if strings.ContainsAny(old, "*?") {
			continue
		}
		switch l.Anchor {
		case compiler.AtEnd:
			if strings.HasSuffix(old, text) {
				return i
			}
		case compiler.AtStart:
			if strings.HasPrefix(old, text) {
				return i
			}
		case compiler.Anywhere:
			if strings.Contains(old, text) {
				return i
			}
		}
	}
	return -1
}

// lattices are those of the logsources, each made once.
type lattices struct {
	table   *logsource.Table
	further map[logsource.Logsource][]string
	known   map[logsource.Logsource]tuning.Lattice
}

func newLattices(t *logsource.Table, p *compiler.Program) *lattices {
	x := &lattices{table: t, further: map[logsource.Logsource][]string{}, known: map[logsource.Logsource]tuning.Lattice{}}
	for _, r := range p.Rules {
		l := trust.Logsource(r)
		x.further[l] = append(x.further[l], tuning.Constrained(p, r.Expr)...)
	}
	return x
}

func (x *lattices) of(l logsource.Logsource) tuning.Lattice {
	out, known := x.known[l]
	if !known {
		out = tuning.NewLattice(x.table, l, x.further[l])
		x.known[l] = out
	}
	return out
}
