package evaluator

import (
	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/rules"
)

// Explanation tells why a rule does or does not match an event.
type Explanation struct {
	Rule    *compiler.Rule
	Matched bool
	View    string // view of a Routed event that was explained; "" for the event itself
	// NoView is set if the event is Routed and none of its views satisfies the
	// rule's logsource. Matched is then false, whatever Root says about the
	// event's own fields.
	NoView bool
	Root   *Node
}

// NodeKind says what part of a rule a Node explains.
type NodeKind string

// The kinds of nodes, from the outside in.
const (
	ConditionNode NodeKind = "condition" // an operator of the condition
	SelectionNode NodeKind = "selection"
	FilterNode    NodeKind = "filter" // a filter document that applies to the rule
	GroupNode     NodeKind = "group"  // alternatives or conjuncts within a selection
	ItemNode      NodeKind = "item"   // a field with its modifiers
	ValueNode     NodeKind = "value"
)

// Node is one part of a rule with its result on the event. All parts are
// evaluated, also those that could not change the verdict any more.
type Node struct {
	Kind    NodeKind
	Label   string // as written in the rule: operator, selection, key or value
	Matched bool
	Span    rules.Span // where it stands in the rule
	Reason  string     // of an item or value that did not match: why; "" otherwise
	Actual  *Value     // of an item: the field's value in the event; nil if absent or for keywords
	Args    []*Node
}

// Explain evaluates every part of a rule of the program on an event. On a
// Routed event it explains the view on which the rule matches, else the first
// view that the rule applies to. The rule must be of the program, as for MatchRule. It may
// be called while the result of Match is gone through.
func (e *Evaluator) Explain(rule *compiler.Rule, event Event) *Explanation {
	x := &Explanation{Rule: rule}
	routed, isRouted := event.(Routed)
	target := event
	if isRouted {
		x.NoView = !e.ignoreLogsource
		for _, v := range routed.Views() {
			if !Satisfies(v.Logsource, rule) {
				continue
			}
			e.state.begin(v.Event)
			matched := e.state.holds(rule.Expr)
			if x.NoView || x.View == "" || matched {
				target, x.View, x.NoView = v.Event, v.Name, false
			}
			if matched {
				break
			}
		}
	}
	e.state.begin(target)
	x.Root = e.state.explain(rule.Expr)
	x.Matched = x.Root.Matched && !x.NoView
	return x
}

// explain mirrors holds without its shortcuts.
func (s *state) explain(e *compiler.Expr) *Node {
	n := &Node{Matched: s.holds(e), Kind: GroupNode, Label: [...]string{"all of", "any of", "not", ""}[e.Op]}
	switch {
	case e.Selection != nil:
		n.Kind, n.Label, n.Span = SelectionNode, e.Selection.Name.Text, e.Selection.Name.Span
	case e.Item != nil:
		return s.explainItem(n, e)
	case e.Value != nil:
		return s.explainValue(n, e)
	case e.Filter != nil:
		n.Kind, n.Label, n.Span = FilterNode, e.Filter.Label(), e.Filter.Title.Span
	case e.Condition != nil:
		n.Kind, n.Label, n.Span = ConditionNode, conditionLabel(e.Condition), e.Condition.Span
	}
	for _, arg := range e.Args {
		n.Args = append(n.Args, s.explain(arg))
	}
	return n
}

func conditionLabel(e *rules.Expr) string {
	switch e.Op {
	case rules.OneOf:
		return "1 of " + e.Name
	case rules.AllOf:
		return "all of " + e.Name
	}
	return [...]string{rules.And: "and", rules.Or: "or", rules.Not: "not", rules.Ref: e.Name}[e.Op]
}

func (s *state) explainItem(n *Node, e *compiler.Expr) *Node {
	item := e.Item
	n.Kind, n.Label, n.Span = ItemNode, item.Key.Text, item.Key.Span
	values := e
	if e.Op == compiler.Not {
		values = e.Args[0]
	}
	if item.Keywords() {
		n.Label = "keywords"
		if item.Key.Text != "" {
			n.Label = item.Key.Text
		}
		n.Span = item.Span
	} else if v, ok := s.event.Field(item.Field.Text); ok {
		n.Actual = &v
	}
	for _, arg := range values.Args {
		n.Args = append(n.Args, s.explain(arg))
	}
	if !n.Matched {
		n.Reason = itemReason(e, n.Args)
	}
	return n
}

// itemReason sums up the reasons of values: the common one, or that they differ.
func itemReason(e *compiler.Expr, values []*Node) string {
	if e.Op == compiler.Not {
		return "a value is equal, and neq wants none to be"
	}
	reason := ""
	for _, v := range values {
		switch {
		case v.Matched:
		case reason == "":
			reason = v.Reason
		case reason != v.Reason:
			return "no value matches"
		}
	}
	return reason
}

func (s *state) explainValue(n *Node, e *compiler.Expr) *Node {
	n.Kind, n.Label, n.Span = ValueNode, e.Value.Text, e.Value.Span
	if n.Matched {
		return n
	}
	n.Reason = "value differs"
	leaves := e.Args
	if e.Op == compiler.Leaf {
		leaves = []*compiler.Expr{e}
	}
	for _, leaf := range leaves {
		n.Reason = s.reason(leaf.Atom)
	}
	return n
}

// reason says why a predicate that is false on the event is so.
func (s *state) reason(atom int) string {
	p, c := &s.program.Predicates[atom], s.content(s.field[atom])
	switch {
	case p.Op == compiler.OpExists && p.Bool, !c.present:
		return "field absent"
	case p.Op == compiler.OpExists, p.Op == compiler.OpNull:
		return "field present"
	case p.Field == "":
		return "found in no value"
	case len(c.elements) == 1 && c.elements[0].kind == Null:
		return "field is null"
	case p.Op == compiler.OpFieldRef && !s.content(s.ref[atom]).present:
		return "field " + p.Ref + " absent"
	case anyElement(c, func(e *element) bool { return matchesInOtherCase(p, e) }):
		return "case differs"
	}
	return kindReason(p, c)
}

// kindReason tells a value of the wrong kind from one that is merely another.
func kindReason(p *compiler.Predicate, c *content) string {
	var readable func(*element) bool
	want := ""
	switch p.Op {
	case compiler.OpNumber, compiler.OpCompare:
		want, readable = "no number", func(e *element) bool { _, ok := compiler.NumberOf(kindOf(e.kind), e.text); return ok }
	case compiler.OpTime:
		want, readable = "no time", func(e *element) bool { _, ok := compiler.PartOf(p.Part, kindOf(e.kind), e.text); return ok }
	case compiler.OpCIDR:
		want, readable = "no address", func(e *element) bool { return isAddress(e.text) }
	default:
		return "value differs"
	}
	if anyElement(c, readable) {
		return "value differs"
	}
	return want
}

// matchesInOtherCase reports whether only letter case keeps an element from
// satisfying a predicate.
func matchesInOtherCase(p *compiler.Predicate, e *element) bool {
	switch {
	case e.kind == Null:
		return false
	case p.Op == compiler.OpText && p.Pattern.Cased():
		uncased := p.Pattern.Uncased()
		return uncased.Match("", e.fold())
	case p.Op == compiler.OpRegex:
		return p.Regex.FindAnyCase(e.text)
	}
	return false
}
