package evaluator

import (
	"slices"

	"github.com/socctl/socctl/compiler"
)

// Option changes how New sets up an Evaluator.
type Option func(*Evaluator)

// IgnoreLogsource makes every rule be tried on every event, as if its logsource
// said nothing. A Routed event is tried as it is, and besides on those of its
// views that satisfy a rule.
func IgnoreLogsource() Option {
	return func(e *Evaluator) { e.ignoreLogsource = true }
}

// Evaluator matches events against a Program. It is for one goroutine; make
// one for each.
type Evaluator struct {
	program         *compiler.Program
	ignoreLogsource bool

	all    []int               // every rule
	routes map[[3]string][]int // category, product, service of a view -> rules it satisfies
	hits   []bool              // per rule: matched by the current event
	order  []int               // rules matched by the current event
	view   map[int]string      // rule -> name of the view it matched on
	state  state

	stopped []Suppression // of the last event
}

// New returns an Evaluator for a program.
func New(p *compiler.Program, options ...Option) *Evaluator {
	e := &Evaluator{program: p, routes: map[[3]string][]int{}, hits: make([]bool, len(p.Rules)), view: map[int]string{}}
	for i := range p.Rules {
		e.all = append(e.all, i)
	}
	e.state = newState(p)
	for _, o := range options {
		o(e)
	}
	return e
}

// Match is a rule that an event satisfies.
type Match struct {
	Rule *compiler.Rule
	View string // name of the view of a Routed event on which the rule matched, else ""
}

// Match returns the rules that match an event, each once, in the order of the
// Program.
func (e *Evaluator) Match(event Event) []Match {
	e.stopped = e.stopped[:0]
	routed, isRouted := event.(Routed)
	if !isRouted || e.ignoreLogsource {
		e.try(e.all, event, "")
	}
	if isRouted {
		for _, v := range routed.Views() {
			e.try(e.route(v.Logsource), v.Event, v.Name)
		}
	}
	if len(e.stopped) > 0 {
		e.settleSuppressed()
	}
	return e.matches()
}

// try evaluates rules that have not matched the current event yet.
func (e *Evaluator) try(rules []int, event Event, view string) {
	if len(rules) == 0 {
		return
	}
	e.state.begin(event)
	for _, i := range rules {
		rule := e.program.Rules[i]
		switch {
		case e.hits[i]:
		case e.state.holds(rule.Expr):
			e.hits[i] = true
			e.order = append(e.order, i)
			e.view[i] = view
		case rule.Filters != nil:
			e.suppress(i, view)
		}
	}
}

func (e *Evaluator) matches() []Match {
	if len(e.order) == 0 {
		return nil
	}
	slices.Sort(e.order)
	out := make([]Match, len(e.order))
	for n, i := range e.order {
		out[n] = Match{e.program.Rules[i], e.view[i]}
		e.hits[i] = false
	}
	e.order = e.order[:0]
	clear(e.view)
	return out
}

// MatchRule reports whether one rule of the program matches an event.
func (e *Evaluator) MatchRule(rule *compiler.Rule, event Event) bool {
	routed, isRouted := event.(Routed)
	if !isRouted || e.ignoreLogsource {
		e.state.begin(event)
		if e.state.holds(rule.Expr) || !isRouted {
			return e.state.holds(rule.Expr)
		}
	}
	for _, v := range routed.Views() {
		if Satisfies(v.Logsource, rule) {
			e.state.begin(v.Event)
			if e.state.holds(rule.Expr) {
				return true
			}
		}
	}
	return false
}

// Satisfies reports whether a rule applies to events of a logsource: each of
// category, product and service that the rule gives must be equal (D61).
func Satisfies(logsource map[string]string, rule *compiler.Rule) bool {
	return (rule.Category == "" || rule.Category == logsource["category"]) &&
		(rule.Product == "" || rule.Product == logsource["product"]) &&
		(rule.Service == "" || rule.Service == logsource["service"])
}

// route returns the rules that a logsource satisfies.
func (e *Evaluator) route(logsource map[string]string) []int {
	key := [3]string{logsource["category"], logsource["product"], logsource["service"]}
	rules, known := e.routes[key]
	if !known {
		for i, r := range e.program.Rules {
			if Satisfies(logsource, r) {
				rules = append(rules, i)
			}
		}
		e.routes[key] = rules
	}
	return rules
}
